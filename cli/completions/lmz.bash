# Bash completion for lmz, unlmz and lmzcat. A test compares the options with lmz --help.

_lmz() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  if [[ ${COMP_WORDS[1]} == explain ]]; then
    local explain="-o --output --json -0 -1 -2 -3 -4 -5 --model -f --force -h --help"
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
    --rm -T --threads --block-size --seekable --frame-size -M --memlimit
    -0 -1 -2 -3 -4 -5 --model --list-models --model-info
    -b --benchmark -q --quiet --progress --no-progress -v --verbose -h --help -V --version"
  COMPREPLY=()
  case $previous in
    -T | --threads | --block-size | --frame-size | -M | --memlimit | -S | --suffix) return ;;
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
