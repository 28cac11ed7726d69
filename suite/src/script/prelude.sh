set -u
shopt -u patsub_replacement 2>/dev/null
export LC_ALL=C
ENDPOINT=${ENDPOINT%/}
WORK=$(mktemp -d) || exit 3
TAG=$(printf '%04d%04d' $((RANDOM % 10000)) $((RANDOM % 10000)))
SYMBOLS= SECRETS= STORES= STATUS= TYPE= BEFORE=

# What a request is signed with.
sign() {
  local key=${AWS_ACCESS_KEY_ID:-test} secret=${AWS_SECRET_ACCESS_KEY:-test}
  SIGN=(--aws-sigv4 aws:amz:us-east-1:kms --config "$WORK/user")
  case $1 in
    unsigned) SIGN=(-H 'X-Unsigned: yes') ;;
    unknown-key) key=AKIANOBODYHASTHISKEY ;;
    wrong-secret) secret=not-$secret ;;
    skewed-clock)
      SIGN+=(-H "X-Amz-Date: $(date -u -d '10 minutes ago' +%Y%m%dT%H%M%SZ 2>/dev/null || date -u -v-10M +%Y%m%dT%H%M%SZ)") ;;
    not-allowed)
      [ -n "${OTHER_ACCESS_KEY_ID:-}" ] && [ -n "${OTHER_SECRET_ACCESS_KEY:-}" ] ||
        cannot_tell 'set OTHER_ACCESS_KEY_ID and OTHER_SECRET_ACCESS_KEY to an identity that may not update'
      key=$OTHER_ACCESS_KEY_ID secret=$OTHER_SECRET_ACCESS_KEY ;;
  esac
  # In a file, since others see the words of a command.
  printf 'user = "%s:%s"\n' "$key" "$secret" >"$WORK/user"
  [ -z "${AWS_SESSION_TOKEN:-}" ] || printf 'header = "X-Amz-Security-Token: %s"\n' "$AWS_SESSION_TOKEN" >>"$WORK/user"
}
sign good

# Text with @NAME@ replaced by what NAME holds; bytes; a character many times.
text() {
  local t=$1 name
  for name in $SYMBOLS; do t=${t//@$name@/${!name}}; done
  printf '%s' "$t"
}
bytes() { printf "$1"; }
times() { head -c "$2" /dev/zero | tr '\000' "$1"; }
escaped() {
  local i
  for ((i = 0; i < ${#1}; i++)); do printf '\\u%04x' "'${1:i:1}"; done
}

# Sends $WORK/body: METHOD PATH CURL-OPTIONS…
request() {
  local method=$1 path=$2
  shift 2
  : >"$WORK/answer"
  : >"$WORK/head"
  STATUS=$(curl --silent --show-error --globoff --path-as-is --max-time 10 "${SIGN[@]}" -X "$method" \
    --output "$WORK/answer" --dump-header "$WORK/head" --write-out '%{http_code}' \
    "$@" --data-binary "@$WORK/body" "$ENDPOINT$(text "$path")")
  TYPE=$(field __type)
  TYPE=${TYPE##*#}
  TYPE=${TYPE%%:*}
}
send() {
  SENT=("$@")
  printf '    > '; shown "$WORK/body"
  request "$@"
  printf '    < %s ' "$STATUS"; shown "$WORK/answer"
}
# The beginning of a file in one line, without secrets of the profile.
shown() {
  local t name
  t=$(tr '\r\n\033\000' '    ' <"$1" | head -c 4096)
  for name in $SECRETS; do t=${t//"${!name}"/•••}; done
  printf '%s\n' "${t:0:400}"
}
say() { printf '\n%s\n' "$1"; }
call() {
  printf '{"CustomKeyStoreId":"%s"}' "$2" >"$WORK/body"
  request POST / -H 'Content-Type: application/x-amz-json-1.1' -H "X-Amz-Target: TrentService.$1"
}

# A member of the answer, as it is written there and without quotes; a header field of it.
raw() {
  tr -d '\r\n\000' <"$WORK/answer" | grep -oE "\"$1\"[[:space:]]*:[[:space:]]*(\"[^\"]*\"|[^],}]*)" | head -n 1 |
    sed -E 's/^"[^"]*"[[:space:]]*:[[:space:]]*//; s/^null$//'
}
field() { raw "$1" | sed -E 's/^"//; s/"$//; s#\\/#/#g'; }
header() {
  tr -d '\r' <"$WORK/head" | grep -i "^$1:" | head -n 1 | sed -E 's/^[^:]*:[[:space:]]*//; s/[[:space:]]*$//'
}
went() {
  case $1:$STATUS in
    success:2*) return 0 ;;
    refusal:2*) return 1 ;;
    refusal:*) return 0 ;;
  esac
  return 1
}

# Waits until the store's transition ends, and asks for the state when one is given.
settle() {
  local state= i
  for ((i = 0; i < 100; i++)); do
    call DescribeCustomKeyStores "$1"
    state=$(field ConnectionState)
    case $state in CONNECTING | DISCONNECTING) sleep 0.1 ;; *) break ;; esac
  done
  [ $# -eq 1 ] || { echo "    $state"; [ "$state" = "$2" ]; }
}

# The verdict.
again() { printf '\nREPRODUCED: expected %s, got %s\n' "$1" "$2"; exit 1; }
# Sends the last request again, $1 times in all, until its error is another one.
alike() {
  local first=$TYPE i
  for ((i = 1; i < $1; i++)); do
    send "${SENT[@]}"
    [ "$TYPE" = "$first" ] || again 'the same error each time' "$first, then $TYPE"
  done
  not_again "the error is the same each time: $first"
}
not_again() { printf '\nNOT REPRODUCED: %s\n' "$1"; exit 0; }
cannot_tell() { printf '\nCOULD NOT TEST: %s\n' "$1"; exit 3; }
finish() {
  local id
  trap - EXIT
  sign good
  for id in $STORES; do
    call DisconnectCustomKeyStore "$id" 2>/dev/null
    settle "$id" 2>/dev/null
    call DeleteCustomKeyStore "$id" 2>/dev/null
  done
  rm -rf "$WORK"
}
trap finish EXIT
trap 'exit 130' INT TERM
