# Bash completion for lmz, unlmz and lmzcat. A test compares the options with lmz --help.

_lmz() {
  if [[ ${COMP_WORDS[1]} == explain && " ${COMP_WORDS[*]} " == *" --coding "* ]]; then
    local word=${COMP_WORDS[COMP_CWORD]}
    local coding="--coding --probabilities -o --svg -f --force -h --help"
    case $word in
      -*) mapfile -t COMPREPLY < <(compgen -W "$coding" -- "$word") ;;
      *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    esac
    return
  fi
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  if [[ ${COMP_WORDS[1]} == explain ]]; then
    local explain="--coding -o --output --json -0 -1 -2 -3 -4 -5 --model -f --force -h --help"
    COMPREPLY=()
    case $current in
      -*) mapfile -t COMPREPLY < <(compgen -W "$explain" -- "$current") ;;
      *) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    esac
    return
  fi
  local options="
    -z --compress -d --decompress -t --test -l --list --json -c --stdout -o --output --output-dir
    -f --force -r --recursive --files --files0 -S --suffix --salvage --verify --no-sparse -k --keep
    --rm -T --threads --block-size --seekable --wide --frame-size -M --memlimit --output-limit
    -0 -1 -2 -3 -4 -5 --device --model --list-models --model-info
    -b --benchmark -q --quiet --progress --no-progress -v --verbose -h --help -V --version"
  if [[ ${COMP_WORDS[1]} == generate ]]; then
    options="--prompt --bytes --seed --temperature -0 -1 -2 -3 -4 --model -o --output -f --force
      -v --verbose -T --threads -h --help"
  fi
  COMPREPLY=()
  case $previous in
    -T | --threads | --block-size | --frame-size | -M | --memlimit | --output-limit | -S | --suffix) return ;;
    --bytes | --seed | --temperature) return ;;
    --device) mapfile -t COMPREPLY < <(compgen -W "auto cpu cuda" -- "$current"); return ;;
  esac
  case $current in
    -*)
      local word
      while read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$options" -- "$current")
      ;;
    *)
      local name
      while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen -f -- "$current")
      ;;
  esac
}
complete -o filenames -F _lmz lmz unlmz lmzcat
