# shellcheck shell=bash
# What a page of the console takes on a SQLite file: the time of one reader after another, and bytes over the wire with
# style and script; sourced by run.

jar=$work/cookies
most=61440 # bytes of a page with style

token_of() { grep -o 'name="__RequestVerificationToken" value="[^"]*"' | head -n 1 | cut -d '"' -f 4; }

sign_in() {
  local token
  token=$(curl -fs -m 10 -c "$jar" "${urls[0]}/console/sign-in" | token_of)
  curl -fs -m 10 -b "$jar" -c "$jar" -o /dev/null "${urls[0]}/console/sign-in" \
    --data-urlencode "__RequestVerificationToken=$token" --data-urlencode "key=$key"
  session=$(awk '$6 == "workspaces_session" { print $7 }' "$jar")
}

bytes_of() { curl -fs -m 10 -b "$jar" -H 'Accept-Encoding: br' "${urls[0]}$1" | wc -c; }

page() { # NAME PATH
  local status bytes line
  status=$(curl -s -m 10 -b "$jar" -o "$work/page" -w '%{http_code}' "${urls[0]}$2")
  [ "$status" = 200 ] || fail "GET $2 answers $status"
  bytes=$(wc -c <"$work/page")
  within 60 wrk -t1 -c1 -d2s -H "Cookie: workspaces_session=$session" "${urls[0]}$2" >/dev/null
  within 60 wrk -t1 -c1 -d"${each}s" --latency -H "Cookie: workspaces_session=$session" "${urls[0]}$2" >"$work/wrk.page"
  ! grep -q 'Non-2xx' "$work/wrk.page" || fail "$(cat "$work/wrk.page")"
  line=$(awk '$1 == "50%" { p50 = $2 } $1 == "99%" { p99 = $2 } END { print p50, p99 }' "$work/wrk.page")
  # shellcheck disable=SC2086
  printf '%-34s %9s %9s %9d %9d%s\n' "$1" $line "$bytes" $((bytes + style)) \
    "$([ $((bytes + style)) -le "$most" ] || echo '  too large!')"
}

need wrk sqlite3 curl
build
each=$((each > 4 ? 4 : each))
fill thousand $(teams_of thousand)
service "Data Source=$work/thousand.db"
sign_in
curl -fs -m 10 -b "$jar" -o "$work/page" "${urls[0]}/console/organizations"
style=0
for asset in $(grep -o '/console/assets/[a-z.0-9]*' "$work/page" | sort -u); do
  style=$((style + $(bytes_of "$asset")))
done
echo
printf '%-34s %9s %9s %9s %9s\n' 'page of the console' p50 p99 bytes 'with style'
page 'organizations' /console/organizations
page 'workspaces of an organization' "/console/organizations/$organization"
page 'a workspace' /console/workspaces/WS-26-100001
page 'members of a workspace' /console/workspaces/WS-26-100001/members
page 'audit log' "/console/audit-logs?organization_id=$organization&sort=-occurred_at"
page 'plan and use' "/console/organizations/$organization/plan"
page 'search' '/console/search?q=team'
