// Totals: by kind of token, by word, by line, along the coding.

const kTokens = /<[\/!?A-Za-z][^<>\n]{0,80}>|&[#A-Za-z0-9]{1,10};|[A-Za-z\x80-\xff]+|[0-9]+|[ \t]+|[\r\n]+|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+|[^]/g;

function kindOf(token) {
  const c = token.charCodeAt(0);
  if (token.length > 1 && c === 60) return "tags";
  if (token.length > 1 && c === 38) return "entities";
  if (c >= 48 && c <= 57) return "numbers";
  if (c === 32 || c === 9) return "blanks";
  if (c === 10 || c === 13) return "line breaks";
  if (c < 32 || c === 127) return "control bytes";
  if (c >= 128 || c >= 65 && c <= 90 || c >= 97 && c <= 122) {
    if (/[\x80-\xff]/.test(token)) return "words, not ASCII";
    return c <= 90 ? "words, capital" : "words";
  }
  return "punctuation";
}

// A character for each byte.
function asLatin1(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    text += String.fromCharCode.apply(null, bytes.subarray(i, i + 8192));
  }
  return text;
}

const utf8 = new TextDecoder("utf-8");
function fromLatin1(text) {
  return utf8.decode(Uint8Array.from(text, (c) => c.charCodeAt(0)));
}

// {kinds, words}: maps from names to {count, bytes, bits}.
function sumTokens(doc) {
  const kinds = new Map(), words = new Map();
  const add = (map, name, size, bits) => {
    let entry = map.get(name);
    if (!entry) map.set(name, entry = {count: 0, bytes: 0, bits: 0});
    entry.count += 1;
    entry.bytes += size;
    entry.bits += bits;
  };
  const text = asLatin1(doc.values);
  for (const match of text.matchAll(kTokens)) {
    const token = match[0];
    const bits = sumBits(doc, match.index, match.index + token.length);
    const kind = kindOf(token);
    add(kinds, kind, token.length, bits);
    if (kind.startsWith("words") && token.length <= 60) add(words, token, token.length, bits);
  }
  for (let k = 0; k < doc.copies.length; k += 3) {
    add(kinds, "telling of copies", doc.copies[k + 1], doc.copies[k + 2] / 65536);
  }
  return {kinds, words};
}

// The lines that take most: [{number, begin, end, bits}], and how many there are.
function sumLines(doc) {
  const lines = [];
  let begin = 0;
  for (let i = 0; i <= doc.values.length; ++i) {
    if (i < doc.values.length && doc.values[i] !== 10) continue;
    const end = Math.min(i + 1, doc.values.length);
    if (end > begin) lines.push({number: lines.length + 1, begin, end, bits: sumBits(doc, begin, end)});
    begin = end;
  }
  return lines;
}

// Along the coding, in `buckets` steps: {means, soFar} in bits per item. Lanes are coded in turn, so
// that what is at the same place of each was coded at about the same time.
function learningCurve(doc, buckets) {
  const sums = new Float64Array(buckets), counts = new Float64Array(buckets);
  const lanes = doc.run === 1 ? doc.lanes : [0];
  lanes.forEach((begin, k) => {
    const end = k + 1 < lanes.length ? lanes[k + 1] : doc.costs.length;
    const scale = buckets / Math.max(end - begin, 1);
    for (let i = begin; i < end; ++i) {
      const bucket = Math.min(buckets - 1, Math.floor((i - begin) * scale));
      sums[bucket] += doc.costs[i];
      counts[bucket] += 1;
    }
  });
  const each = doc.kind === "bytes" || doc.kind === "samples" ? doc.run : 1;
  const means = [], soFar = [];
  let sum = 0, count = 0;
  for (let b = 0; b < buckets; ++b) {
    sum += sums[b];
    count += counts[b];
    means.push(counts[b] ? sums[b] * doc.unit / counts[b] / each : NaN);
    soFar.push(count ? sum * doc.unit / count / each : NaN);
  }
  return {means, soFar};
}
