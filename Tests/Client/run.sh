#!/bin/sh
# Lints the OpenAPI document of the service that runs at BASE_URL, generates a client from it, compiles the tour against the
# client under --strict, and takes the tour with API_KEY. Any error ends it with a status that is not 0.
set -eu
: "${BASE_URL:?is not set: where the service runs, such as http://localhost:8080}"
: "${API_KEY:?is not set: a key that may create workspaces, such as the owner\'s}"
cd "$(dirname "$0")"
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

npm ci --no-progress
mkdir -p generated
node -e '
  const answer = await fetch(process.env.BASE_URL + "/openapi/v1.json");
  if (!answer.ok) throw new Error("GET /openapi/v1.json answered " + answer.status);
  await (await import("node:fs/promises")).writeFile("generated/openapi.json", Buffer.from(await answer.arrayBuffer()));
' --input-type=module

echo "== redocly lint"
npx --no-install redocly lint --config redocly.yaml generated/openapi.json
echo "== spectral lint"
npx --no-install spectral lint --ruleset .spectral.yaml --fail-severity warn generated/openapi.json
echo "== spectral lint, OWASP"
npx --no-install spectral lint --ruleset .spectral-owasp.yaml --fail-severity error --display-only-failures generated/openapi.json
echo "== openapi-typescript"
npx --no-install openapi-typescript generated/openapi.json --output generated/api.ts
echo "== tsc --strict"
npx --no-install tsc --project tsconfig.json --strict
echo "== the tour"
node generated/js/tour.js
