# shellcheck shell=bash
# Debian packages: what is missing, and putting it there without removing or starting anything of the user's.

run_packages=(ca-certificates espeak-ng fonts-noto-color-emoji libfribidi0 libportaudio2 mosquitto)
test_packages=(faketime festival festvox-kallpc16k flite gcc git libc6-dev libsystemd-dev pkg-config shellcheck sox)
sound_packages=(libasound2-plugins pulseaudio pulseaudio-utils) # a private server with a virtual sound card
policy=/usr/sbin/policy-rc.d

packages_for() { # MODE: print what it needs
  printf '%s\n' "${run_packages[@]}"
  [[ $1 == test ]] || return 0
  printf '%s\n' "${test_packages[@]}"
  if [[ -z $(installed pipewire-pulse pipewire-alsa) ]]; then
    printf '%s\n' "${sound_packages[@]}"
  elif [[ -z $(installed pulseaudio) ]]; then
    say "PulseAudio is not installed: it would take the place of your PipeWire. The tests with a virtual sound card can't run here." \
      "PulseAudio не ставлю: он занял бы место вашего PipeWire. Тесты с виртуальной звуковой картой здесь не пойдут." >&2
  fi
}

installed() { # PACKAGES: print those that are
  dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' || true
}

absent() { # PACKAGES: print those that are not installed
  comm -23 <(printf '%s\n' "$@" | sort -u) <(installed "$@" | sort -u)
}

as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

may_be_root() {
  [[ $EUID -eq 0 ]] && return
  command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 && -t 2 ]]; }
}

install_packages() { # PACKAGES
  local removed
  if ! may_be_root; then
    stop "I may not install Debian packages. Run this as root, then start me again:
    apt-get install --no-install-recommends $*
(Kombain runs a mosquitto of its own. If nothing else needs the system's: systemctl disable --now mosquitto)" \
      "Мне нельзя ставить пакеты Debian. Выполните от имени root и запустите меня снова:
    apt-get install --no-install-recommends $*
(Комбайн запускает свой собственный mosquitto. Если системный больше никому не нужен: systemctl disable --now mosquitto)"
  fi
  say "Installing Debian packages: $*" "Ставлю пакеты Debian: $*"
  as_root apt-get update -q -o Acquire::Retries=3 ||
    say "Not all package lists could be refreshed; going on with those at hand." \
      "Не все списки пакетов удалось обновить; продолжаю с теми, что есть."
  removed=$(LC_ALL=C apt-get -s install --no-install-recommends "$@" 2>/dev/null | sed -n 's/^Remv \([^ ]*\).*/\1/p' | xargs)
  [[ -z $removed ]] ||
    stop "Installing them would remove: $removed. I have changed nothing; please settle this with apt, then start me again." \
      "Их установка удалила бы: $removed. Я ничего не менял; решите это с помощью apt и запустите меня снова."
  if [[ " $* " == *" mosquitto "* ]]; then
    hold_services
    apt_install "$@"
    release_services
    leave_broker_disabled
  else
    apt_install "$@"
  fi
}

apt_install() { # PACKAGES
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o Acquire::Retries=3 -o APT::Keep-Downloaded-Packages=false -o Dpkg::Use-Pty=0 "$@" ||
    stop "apt-get failed; its own words stand above. Mend that and start me again: what is done is not done twice." \
      "apt-get не справился, его сообщение выше. Исправьте причину и запустите меня снова: сделанное не повторяется."
}

hold_services() { # no package may start a service meanwhile; a rule that the machine has already stays
  [[ ! -e $policy ]] || return 0
  trap release_services EXIT
  printf '#!/bin/sh\n# Kombain: for the time of one apt-get install\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
}

release_services() {
  if grep -qs '^# Kombain:' "$policy"; then as_root rm -f "$policy"; fi
  trap - EXIT
}

leave_broker_disabled() { # it was put there for our own use; as a system service nobody asked for it
  if command -v systemctl >/dev/null; then
    as_root systemctl -q disable mosquitto.service 2>/dev/null || true
  fi
  if [[ -e /etc/init.d/mosquitto ]] && command -v update-rc.d >/dev/null; then
    as_root update-rc.d mosquitto disable >/dev/null 2>&1 || true
  fi
  say "The MQTT broker mosquitto is installed; its system service is left disabled." \
    "MQTT-брокер mosquitto установлен; его системная служба оставлена выключенной."
}
