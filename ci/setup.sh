#!/usr/bin/env bash
# Installs what building and testing need: npm packages by the lock file, and the browsers that are not there.
set -euo pipefail
cd "$(dirname "$0")/.."

need() { command -v "$1" >/dev/null || { echo "Ridealong needs $1: $2" >&2; exit 1; }; }
need go "https://go.dev/doc/install, 1.26 or newer"
need node "https://nodejs.org, 20.19 or newer"
need npm "it comes with Node"
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
	{ echo "Ridealong needs Node 20.19 or newer; this is $(node --version)." >&2; exit 1; }

# Only when the lock file changed since. Not `npm ci`: it wants the lock file to name every other platform's optional packages,
# and where those are not to be had the lock file cannot. `npm install` keeps to the versions of the lock file all the same.
stamp=node_modules/.ridealong-lock
packages() {
	cmp -s package-lock.json "$stamp" && return
	npm install --ignore-scripts --no-audit --no-fund --loglevel=error
	cp package-lock.json "$stamp"
}
# Beside what follows, which waits for others.
packages &
npm=$!
trap wait EXIT

# The tests drive Chromium and Firefox.
missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
command -v firefox-esr >/dev/null || command -v firefox >/dev/null || missing+=(firefox-esr)
# Hosts that have no route to each other, for the relay's tests. They need root; without them those tests say that they did not run.
extra=()
command -v ip >/dev/null || extra+=(iproute2)
command -v nft >/dev/null || extra+=(nftables)
command -v openssl >/dev/null || extra+=(openssl)
if [ "${RIDEALONG_NO_BROWSER:-}" != 1 ] && [ $((${#missing[@]} + ${#extra[@]})) -gt 0 ]; then
	if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
		echo "Installing ${missing[*]} ${extra[*]} (Debian packages) for the tests…"
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" "${extra[@]}" >/dev/null
	elif [ ${#missing[@]} -gt 0 ]; then
		echo "The browser tests need ${missing[*]}. Install what is missing (Debian: sudo apt install ${missing[*]}) and run this again, or set RIDEALONG_NO_BROWSER=1 to build without." >&2
		exit 1
	fi
fi

optional() { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null; }
debian() { command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; }

# Chromium's engine without a window around it. Where there is none the tests take Chromium for all.
if [ "${RIDEALONG_NO_BROWSER:-}" != 1 ] && ! command -v chromium-headless-shell >/dev/null && debian; then
	echo "Installing chromium-headless-shell (Debian package), of which a page costs the tests a quarter…"
	optional chromium-headless-shell || echo "chromium-headless-shell could not be installed: the tests take longer." >&2
fi

# The relay is measured and tested beside coturn. Not where systemd would make a service of it.
if ! command -v turnserver >/dev/null && debian && [ ! -d /run/systemd/system ]; then
	echo "Installing coturn (Debian package) to compare the relay with…"
	optional coturn || echo "coturn could not be installed: the relay's bench shows ours alone." >&2
fi
wait "$npm"
