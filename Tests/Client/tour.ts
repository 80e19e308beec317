// A tour of the running service at BASE_URL with API_KEY, typed by the service's own description (see run.sh).
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { EventSourceParserStream } from "eventsource-parser/stream";
import createClient from "openapi-fetch";
import { Webhook } from "standardwebhooks";
import type { components, paths } from "./generated/api.js";

type Problem = components["schemas"]["Problem"];
type LoggedEvent = paths["/v1/events"]["get"]["responses"][200]["content"]["application/json"]["data"][number];

const api = createClient<paths>({
  baseUrl: environment("BASE_URL"),
  headers: { Authorization: `Bearer ${environment("API_KEY")}` },
});

const me = found(await api.GET("/v1/me"));
say(`I am a ${me.data.kind} key${me.data.user ? ` of ${me.data.user.name}` : ""}`);

const listed = found(await api.GET("/v1/workspaces", { params: { query: { status: "active", limit: 5 } } }));
const [first] = listed.data;
if (!first) {
  throw new Error("The tour needs an organization with a workspace in it; start the service with --demo.");
}
say(`${listed.data.length} workspaces on the first page, ${listed.meta.has_more ? "and more" : "no more"}`);

const one = found(await api.GET("/v1/workspaces/{workspace}", { params: { path: { workspace: first.id } } }));
same(one.data.id, first.id);
say(`${one.data.id} is ${one.data.name}: ${one.data.member_count} members, ${one.data.active_service_lines} active service lines, `
  + `${one.data.cost_mtd} ${one.data.currency} this month`);

const organization = one.data.organization_id;
const follower = await follow(organization);
const receiver = await receive();
const webhook = found(await api.POST("/v1/webhooks", {
  body: { organization_id: organization, url: receiver.url, events: ["workspace.created"] },
}));
const secret = webhook.data.secret;
if (!secret) {
  throw new Error("A new webhook shows its secret.");
}
say(`${webhook.data.id} posts ${webhook.data.events.join(", ")} to ${receiver.url}`);
same((await follower.next()).type, "webhook.created");

const created = found(await api.POST("/v1/workspaces", {
  params: { header: { "Idempotency-Key": crypto.randomUUID() } },
  body: { organization_id: organization, name: "Data Engineering", settings: { default_currency: "EUR" } },
}));
const workspace = created.data.id;
same(created.data.currency, "EUR");
say(`${workspace} is new, with the slug ${created.data.slug}`);

const happened = await follower.next();
same(happened.type, "workspace.created");
same(happened.subject.id, workspace);
say(`the live stream has told of it: ${happened.id}, number ${happened.sequence}`);

const delivery = await receiver.next();
const delivered = new Webhook(secret).verify(delivery.body, delivery.headers as Record<string, string>) as LoggedEvent;
same(delivered.id, happened.id);
same(delivered.hash, happened.hash);
same(delivery.headers["webhook-id"], happened.id);
refuses(() => new Webhook(secret).verify(delivery.body.replace("workspace", "workplace"), delivery.headers as Record<string, string>));
say("the webhook was sent the same event, and its signature is right");
same(await api.DELETE("/v1/webhooks/{webhook}", { params: { path: { webhook: webhook.data.id } } }).then(a => a.response.status), 204);
receiver.close();
follower.close();

const founders = found(await api.GET("/v1/workspaces/{workspace}/members", { params: { path: { workspace } } }));
same(founders.data.length, 1);
same(founders.data[0]?.role, "admin");
say(`its first member is ${founders.data[0]?.name}`);

const colleague = found(await api.POST("/v1/orgs/{organization}/members", {
  params: { path: { organization } },
  body: { email: `tour-${crypto.randomUUID()}@example.com`, name: "Tara Lind", role: "member" },
}));
const added = found(await api.POST("/v1/workspaces/{workspace}/members", {
  params: { path: { workspace } },
  body: { user_id: colleague.data.user_id, role: "member" },
}));
same(added.data.source, "workspace");
say(`${added.data.name} is a ${added.data.role} of it now`);

const read = await api.GET("/v1/workspaces/{workspace}", { params: { path: { workspace } } });
const tag = read.response.headers.get("ETag") ?? "";
const patched = found(await api.PATCH("/v1/workspaces/{workspace}", {
  params: { path: { workspace }, header: { "If-Match": tag } },
  body: { name: "Data & Analytics", settings: { require_task_service_line: true } },
}));
same(patched.data.name, "Data & Analytics");
same(patched.data.settings["default_currency"], "EUR");
say(`it is called ${patched.data.name} now`);

const stale = await api.PATCH("/v1/workspaces/{workspace}", {
  params: { path: { workspace }, header: { "If-Match": tag } },
  body: { name: "Too late" },
});
same(refused(stale).code, "precondition_failed");
say("an edit of the version before is refused");

const archived = found(await api.POST("/v1/workspaces/{workspace}/archive", { params: { path: { workspace } }, body: {} }));
same(archived.data.status, "archived");
const late = await api.PATCH("/v1/workspaces/{workspace}", { params: { path: { workspace } }, body: { name: "Never" } });
same(refused(late).code, "workspace_archived");
say("archived, it cannot be changed");

const restored = found(await api.POST("/v1/workspaces/{workspace}/restore", { params: { path: { workspace } } }));
same(restored.data.status, "active");
say("restored, it can be used again");

const gone = await api.DELETE("/v1/workspaces/{workspace}", { params: { path: { workspace } } });
same(gone.response.status, 204);
say("and deleted, it is as if it had never been: the tour is over");

// The events of an organization from now on.
async function follow(id: string): Promise<{ next(): Promise<LoggedEvent>; close(): void }> {
  const ended = new AbortController();
  const answer = await api.GET("/v1/events/stream", {
    params: { query: { organization_id: id } },
    parseAs: "stream",
    signal: ended.signal,
  });
  const body = found(answer) as unknown as ReadableStream<Uint8Array>;
  const events = body
    .pipeThrough(new TextDecoderStream() as unknown as ReadableWritablePair<string, Uint8Array>)
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  return {
    async next() {
      const { value } = await events.read();
      if (!value) {
        throw new Error("The live stream has ended.");
      }
      const event = JSON.parse(value.data) as LoggedEvent;
      same(value.id, String(event.sequence));
      same(value.event, event.type);
      return event;
    },
    close: () => ended.abort(),
  };
}

// What is posted to an address of this process.
async function receive(): Promise<{
  url: string;
  next(): Promise<{ headers: IncomingHttpHeaders; body: string }>;
  close(): void;
}> {
  let tell: (delivery: { headers: IncomingHttpHeaders; body: string }) => void;
  const told = new Promise<{ headers: IncomingHttpHeaders; body: string }>(resolve => { tell = resolve; });
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) {
      parts.push(part as Buffer);
    }
    response.writeHead(204).end();
    tell({ headers: request.headers, body: Buffer.concat(parts).toString("utf8") });
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/workspaces`,
    next: () => told,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function refuses(check: () => unknown): void {
  try {
    check();
  } catch {
    return;
  }
  throw new Error("A changed body has a right signature.");
}

function environment(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set.`);
  }
  return value;
}

function found<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.url} answered ${answer.response.status}: ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

function refused(answer: { error?: Problem; response: Response }): Problem {
  if (!answer.error) {
    throw new Error(`${answer.response.url} answered ${answer.response.status}, and should have refused.`);
  }
  return answer.error;
}

function same<T>(value: T, expected: T): void {
  if (value !== expected) {
    throw new Error(`Expected ${JSON.stringify(expected)}, got ${JSON.stringify(value)}.`);
  }
}

function say(line: string): void {
  console.log(`- ${line}`);
}
