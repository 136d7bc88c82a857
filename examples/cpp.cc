// The same things in C++17: failures are exceptions, buffers are strings.
#include <iostream>
#include <lmz/lmz.hpp>

int main() {
  try {
    lmz::Compressor compressor;
    compressor.Set(LMZ_LEVEL, 1);
    lmz::Decompressor decompressor;
    decompressor.Set(LMZ_OUTPUT_LIMIT, 1000);

    // A dialogue: what is flushed can be read at once.
    for (const char* sentence : {"Who is there?", "Nobody but a compressor.", "Come in."}) {
      const std::string code = compressor.Flush(sentence);
      if (decompressor.Write(code) != sentence) return 1;
      std::cout << sentence << '\n';
    }
    decompressor.Write(compressor.Finish());
    decompressor.Finish();

    // A part of a content.
    const std::string file = lmz::Compress("0123456789", 0);
    if (lmz::RangeReader(file).Read(3, 4) != "3456") return 1;

    lmz::Decompress("this is no lmz file");
  } catch (const lmz::Error& error) {
    std::cout << "expected: " << error.what() << '\n';
    return error.code() == LMZ_NOT_LMZ ? 0 : 1;
  }
  return 1;
}
