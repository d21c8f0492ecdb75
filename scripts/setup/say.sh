# shellcheck shell=bash
# Words for the user, in English or, where the locale is Russian, in Russian.

say() {  # ENGLISH RUSSIAN
  case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in ru*) printf '%s\n' "$2" ;; *) printf '%s\n' "$1" ;; esac
}

stop() {  # the same on standard error, and the end
  say "$@" >&2
  exit 1
}
