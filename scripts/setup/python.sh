# shellcheck shell=bash
# A Python that works, a virtual environment, and in it the pinned packages and Kombain itself.
torch=2.13.0

works() { # PYTHON MODULES: it runs, its version is one of ours, and it has the modules
  "$1" -c "import sys, $2; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" >/dev/null 2>&1
}

find_python() { # print the first that works; it is found by running it, because a shim may exist and fail
  local candidate candidates=(python3.11 python3.12 python3.13 python3 /usr/bin/python3 ~/.pyenv/versions/3.1[123].*/bin/python)
  [[ -z ${KOMBAIN_PYTHON:-} ]] || candidates=("$KOMBAIN_PYTHON")
  for candidate in "${candidates[@]}"; do
    if works "$candidate" venv,ensurepip,sqlite3,ssl; then
      command -v "$candidate"
      return
    fi
  done
}

python_packages() { # MODE: print the Debian packages that give us a Python, or that Debian's own still lacks
  local python
  python=$(find_python)
  if [[ -z $python ]]; then
    echo python3-venv
    ! works /usr/bin/python3 sys || /usr/bin/python3 -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
  fi
  [[ $1 == run ]] || [[ -n $python && -e $(include "$python")/Python.h ]] || echo python3-dev
}

include() { # PYTHON: print where the headers for compiling are
  "$1" -c 'import sysconfig; print(sysconfig.get_path("include"))'
}

make_venv() { # VENV
  local venv=$1 python
  if works "$venv/bin/python" pip && [[ -z ${KOMBAIN_PYTHON:-} || $(version "$venv/bin/python") == "$(version "$KOMBAIN_PYTHON")" ]]; then
    return
  fi
  python=$(find_python)
  [[ -n $python ]] ||
    stop "There is no working Python 3.11, 3.12 or 3.13 here. Install one, or name it: KOMBAIN_PYTHON=/path/to/python3.12" \
      "Здесь нет работающего Python 3.11, 3.12 или 3.13. Поставьте его или укажите: KOMBAIN_PYTHON=/путь/к/python3.12"
  [[ ! -e $venv || -e $venv/pyvenv.cfg || -z $(ls -A "$venv") ]] ||
    stop "$venv is there and is no virtual environment; I leave it alone. Name another: KOMBAIN_VENV=..." \
      "$venv существует и не является виртуальным окружением; не трогаю его. Укажите другое: KOMBAIN_VENV=..."
  say "Making $venv ($("$python" --version))" "Создаю $venv ($("$python" --version))"
  "$python" -m venv --clear "$venv"
}

version() { # PYTHON
  "$1" -c 'import sys; print(sys.version)'
}

pip_install() { # VENV ARGUMENTS; a cache would keep everything twice
  "$1/bin/python" -m pip --disable-pip-version-check --no-input install --no-cache-dir --no-compile "${@:2}"
}

install_locked() { # VENV LOCK ARGUMENTS
  local venv=$1 lock=$2 log=$1/bootstrap.log count
  count=$(grep -c '^[a-z].*==' "$lock")
  say "Python packages of requirements/${lock##*/} ($count, hashes checked):" \
    "Пакеты Python из requirements/${lock##*/} ($count, хеши проверяются):"
  pip_install "$venv" --require-hashes --no-deps --progress-bar off -r "$lock" "${@:3}" 2>&1 | tee "$log" | progress || pip_failed "$log"
}

install_diffusion() { # VENV LOCK: torch by its version alone, since its builds for processors and for CUDA have one name
  local log=$1/bootstrap.log
  say "torch $torch, and what makes pictures with it:" "torch $torch и то, что рисует с его помощью:"
  pip_install "$1" --no-deps --progress-bar off "torch==$torch" >"$log" 2>&1 || pip_failed "$log"
  install_locked "$1" "$2" --only-binary :all:
}

install_kombain() { # VENV CHECKOUT: from the checkout, with build tools of the lock
  local log=$1/bootstrap.log
  pip_install "$1" --no-deps --no-build-isolation --editable "$2" >"$log" 2>&1 || pip_failed "$log"
}

compile_what_runs() { # VENV CHECKOUT: bytecode of the modules that a start imports: all of it would take 50 MB
  env -u PYTHONDONTWRITEBYTECODE "$1/bin/python" - <<'PYTHON'
from contextlib import suppress
from importlib import import_module

for name in """av babel.dates ctranslate2 faster_whisper hassil hassil.recognize huggingface_hub.file_download
    numpy onnxruntime paho.mqtt.client PIL.Image PIL.ImageDraw PIL.ImageFilter PIL.ImageFont piper
    pydantic.main pydantic.types pymorphy3 pyopen_wakeword rich.live rich.table ruamel.yaml
    sounddevice soxr typer typer.rich_utils unicode_rbnf webrtcvad""".split():
    with suppress(ImportError, OSError):  # whoever needs it will say so
        import_module(name)
PYTHON
  "$1/bin/python" -m compileall -q "$2/daemon" "$2/intents"
}

progress() { # read pip's words; print each package of 1 MB and more as its download begins, and what takes time
  awk '
    /^ *Downloading .* MB\)/ { name = $2; sub(/-(cp|py)[0-9].*/, "", name); print "  " name " " $3 " " $4; fflush() }
    /^(Installing|Building) / { print "  " tolower($1) " ..."; fflush() }
    /^ERROR/ { print; fflush() }'
}

pip_failed() { # LOG
  grep -E '^ *(ERROR|error|.*Error:)' "$1" | tail -n 3 >&2
  stop "pip failed; its whole story is in $1. Is there a network (a proxy: HTTPS_PROXY) and 1 GB of disk? Mend it and start me again." \
    "pip не справился; весь его рассказ в $1. Есть ли сеть (прокси: HTTPS_PROXY) и 1 ГБ на диске? Исправьте и запустите меня снова."
}
