# Bash completion for lmz, unlmz and lmzcat. A test compares the options with lmz --help.

_lmz() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local options="
    -z --compress -d --decompress -t --test -l --list --json -c --stdout -o --output -f --force
    -r --recursive -S --suffix --verify --no-sparse -k --keep --rm -T --threads --block-size --memlimit
    -0 -1 -2 -3 -4 -5 --model --list-models --model-info -q --quiet -v --verbose -h --help -V --version"
  COMPREPLY=()
  case $previous in
    -T | --threads | --block-size | --memlimit | -S | --suffix) return ;;
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
