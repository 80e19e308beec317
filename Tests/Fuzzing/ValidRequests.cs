using System.Globalization;
using System.Text.Json.Nodes;

namespace WorkspaceService.Fuzzing;

/// <summary>
/// Requests that the service takes: the document's example of a body, or one made by its schema, with ids that exist in
/// place of the example's.
/// </summary>
internal sealed class ValidRequests(ApiDocument document, World world, Random random, DateTimeOffset now)
{
    // Who may do what the owner may not.
    private static readonly Dictionary<string, string> Actors = new()
    {
        ["AcceptInvitation"] = "outsider",
        ["CreateOrganization"] = "root",
        ["DeclineInvitation"] = "outsider",
        ["JoinWorkspace"] = "outsider",
        ["RequestToJoin"] = "outsider",
        ["WithdrawJoinRequest"] = "joiner",
    };

    // What stands in the path, where it is not the thing that the parameter is named after.
    private static readonly Dictionary<string, string> Targets = new()
    {
        ["ActivateServiceLine"] = "draft",
        ["ApproveJoinRequest"] = "closed",
        ["ArchiveWorkspace"] = "spare",
        ["DeleteWorkspace"] = "spare",
        ["DenyJoinRequest"] = "closed",
        ["GetJoinRequest"] = "closed",
        ["JoinWorkspace"] = "open",
        ["ListJoinRequests"] = "closed",
        ["RequestToJoin"] = "closed",
        ["RestoreWorkspace"] = "archived",
        ["TerminateServiceLine"] = "draft",
        ["WithdrawJoinRequest"] = "closed",
        ["tape.DeleteWorkspace"] = "spare",
    };

    // Members that the example lacks or that are another's here.
    private static readonly Dictionary<string, string[]> Beside = new()
    {
        ["CreateUser"] = ["organization_id"],
        ["UpdateWebhook"] = ["description"],
    };

    public World World => world;

    public Draft Make(ApiOperation operation)
    {
        var draft = new Draft(operation, world.Actors[Actors.GetValueOrDefault(operation.Id, "owner")]);
        foreach (var parameter in operation.Parameters)
        {
            if (parameter.In == "path")
            {
                draft.Path[parameter.Name] = Path(operation, parameter.Name);
            }
            else if (parameter.In == "query" && (parameter.Required || IsNeeded(operation, parameter.Name)))
            {
                draft.Query.Add((parameter.Name, Uri.EscapeDataString(
                    Mutations.PlainText(Value(operation, parameter.Name, parameter.Schema)!.ToJsonString()))));
            }
        }

        if (operation.Body is { } schema)
        {
            draft.Body = operation.Example is { } example && random.Next(3) > 0
                ? Filled(operation, example, schema)
                : Made(operation, schema);
            foreach (var name in Beside.GetValueOrDefault(operation.Id) ?? [])
            {
                draft.Body![name] = Value(operation, name, schema["properties"]![name]!);
            }
        }

        return draft;
    }

    /// <summary>Every value of a request that can be changed, and how to put another one there.</summary>
    public List<(Place Place, Action<string> Put)> Places(Draft draft)
    {
        var places = new List<(Place, Action<string>)>();
        foreach (var parameter in draft.Operation.Parameters)
        {
            var valid = parameter.In == "path"
                ? Mutations.Quoted(draft.Path[parameter.Name])
                : Value(draft.Operation, parameter.Name, parameter.Schema)?.ToJsonString();
            places.Add((
                new Place(parameter.Name, parameter.Schema, valid, false, parameter.In == "path", world, random),
                json => Put(draft, parameter, Mutations.PlainText(json))));
        }

        if (draft.Body is { } body)
        {
            AddMembers(draft, draft.Operation.Body!, body, places);
        }

        return places;
    }

    private static void Put(Draft draft, ApiParameter parameter, string text)
    {
        switch (parameter.In)
        {
            case "path":
                draft.Path[parameter.Name] = Uri.EscapeDataString(text);
                draft.IsOfOperation &= text is not ("" or "." or "..") && !text.Contains('/', StringComparison.Ordinal);
                break;
            case "query":
                draft.Query.RemoveAll(part => part.Name == parameter.Name);
                if (text.Length > 0)
                {
                    draft.Query.Add((parameter.Name, Uri.EscapeDataString(text)));
                }

                break;
            default:
                draft.Headers.Add((parameter.Name, text));
                draft.IsOfOperation &= !text.Any(char.IsControl); // what the server itself refuses
                break;
        }
    }

    private void AddMembers(Draft draft, JsonNode schema, JsonNode value, List<(Place, Action<string>)> places)
    {
        schema = Plain(schema);
        if (value is JsonArray items && schema["items"] is { } itemSchema)
        {
            if (items is [{ } first, ..])
            {
                places.Add((
                    new Place("", Plain(itemSchema), first.ToJsonString(), false, false, world, random),
                    json => items[0] = json.Length == 0 ? null : draft.Raw(json)));
                AddMembers(draft, itemSchema, first, places);
            }

            return;
        }

        if (value is not JsonObject members || schema["properties"] is not JsonObject properties)
        {
            return;
        }

        foreach (var (name, described) in properties)
        {
            var inner = Plain(described!);
            var valid = members[name] ?? Value(draft.Operation, name, inner);
            places.Add((
                new Place(name, inner, valid?.ToJsonString(), true, false, world, random),
                json =>
                {
                    members.Remove(name);
                    if (json.Length > 0)
                    {
                        members[name] = draft.Raw(json);
                    }
                }
            ));
            if (members[name] is { } present)
            {
                AddMembers(draft, inner, present, places);
            }
        }
    }

    private string Path(ApiOperation operation, string name) => name switch
    {
        "workspace" => world.Ids[Targets.GetValueOrDefault(operation.Id, "workspace")],
        "serviceLine" => world.Ids[Targets.GetValueOrDefault(operation.Id, "serviceLine")],
        "workspaceNumber" => World.NumberOf(world.Ids[Targets.GetValueOrDefault(operation.Id, "workspace")]),
        "userNumber" => World.NumberOf(world.Ids["user"]),
        "invitationNumber" => World.NumberOf(world.Ids["invitation"]),
        _ => world.Ids[name],
    };

    private static bool IsNeeded(ApiOperation operation, string name) =>
        name == (operation.Path is "/v1/service-lines" or "/v1/integrations" ? "workspace_id" : "organization_id")
        && operation.Path != "/v1/users/{user}/workspaces";

    private JsonNode? Filled(ApiOperation operation, JsonNode example, JsonNode schema, string name = "")
    {
        schema = Plain(schema);
        return example switch
        {
            JsonObject members => new JsonObject(members.Where(member => schema["properties"]?[member.Key] is not null)
                .Select(member => KeyValuePair.Create(member.Key, member.Value is null ? null : Filled(
                    operation, member.Value, schema["properties"]![member.Key]!, member.Key)))),
            JsonArray items => new JsonArray([.. items.Select(item => Filled(
                operation, item!, schema["items"]!, name))]),
            _ => Known(operation, name, schema) ?? example.DeepClone(),
        };
    }

    // The members that are required, and some of the others.
    private JsonObject Made(ApiOperation operation, JsonNode schema)
    {
        var made = new JsonObject();
        foreach (var (name, inner) in schema["properties"]!.AsObject())
        {
            var isRequired = schema["required"]?.AsArray().Any(required => (string)required! == name) == true;
            if (isRequired || random.Next(4) == 0)
            {
                made[name] = Value(operation, name, inner!);
            }
        }

        return made;
    }

    private JsonNode? Value(ApiOperation operation, string name, JsonNode schema)
    {
        schema = Plain(schema);
        if (Known(operation, name, schema) is { } known)
        {
            return known;
        }

        if (schema["enum"] is JsonArray words)
        {
            return words[random.Next(words.Count)]?.DeepClone();
        }

        var type = $"{schema["type"]?.ToJsonString()}";
        return type switch
        {
            _ when type.Contains("integer", StringComparison.Ordinal) =>
                JsonValue.Create((long)(schema["minimum"] ?? 1) + random.Next(3)),
            _ when type.Contains("number", StringComparison.Ordinal) => JsonValue.Create(1.25m),
            _ when type.Contains("boolean", StringComparison.Ordinal) => JsonValue.Create(random.Next(2) == 0),
            _ when type.Contains("array", StringComparison.Ordinal) =>
                new JsonArray(Value(operation, name, schema["items"]!)),
            _ when type.Contains("object", StringComparison.Ordinal) => schema["properties"] is null
                ? new JsonObject { ["note"] = world.Fresh("note") }
                : Made(operation, schema),
            _ when (string?)schema["format"] == "date-time" => Time(TimeSpan.FromDays(1 + random.Next(20))),
            _ => JsonValue.Create(world.Fresh(name.Length == 0 ? "text" : name)),
        };
    }

    // A value that the name tells, where the schema does not.
    private JsonValue? Known(ApiOperation operation, string name, JsonNode schema) => name switch
    {
        "organization_id" or "managed_by" => Id("organization", schema),
        "workspace_id" => Id("workspace", schema),
        "user_id" => Id(
            operation.Id switch
            {
                "AddMember" or "tape.PutMember" => "outsider",
                "TransferOwnership" => "admin",
                _ => "user",
            },
            schema),
        "owner_id" or "actor_id" => Id("admin", schema),
        "service_line_id" => Id("serviceLine", schema),
        "email" or "billing_email" or "user_emails" => JsonValue.Create(world.FreshEmail()),
        "name" or "custom_organization_type" => JsonValue.Create(world.Fresh("name")),
        "slug" => JsonValue.Create(world.Fresh("slug")),
        "id" => JsonValue.Create(world.Fresh("id")),
        "url" or "avatar_url" => JsonValue.Create($"https://hooks.example.com/{world.Fresh("url")}"),
        "events" when operation.Id.Contains("Webhook", StringComparison.Ordinal) => JsonValue.Create("member.*"),
        "currency" => JsonValue.Create("USD"),
        "permissions" => JsonValue.Create(random.Pick("read", "write", "members:manage")),
        "role" when operation.IsRead => JsonValue.Create("member"),
        "sort" => JsonValue.Create(
            operation.Path == "/v1/audit-logs" ? "-occurred_at" : random.Pick("name", "-created_at")),
        "occurred_at" or "observed_at" => Time(TimeSpan.FromMinutes(-random.Next(1, 5))),
        "from" => Time(TimeSpan.FromDays(-2)),
        "to" => Time(TimeSpan.FromDays(1)),
        "type" when operation.Path.StartsWith("/v1/events", StringComparison.Ordinal) =>
            JsonValue.Create("member.added"),
        "subscription_id" or "secret" or "cursor" or "before" or "limits" => null,
        _ => null,
    };

    private JsonValue Id(string name, JsonNode schema) =>
        $"{schema["type"]?.ToJsonString()}".Contains("integer", StringComparison.Ordinal)
            ? JsonValue.Create(long.Parse(World.NumberOf(world.Ids[name]), CultureInfo.InvariantCulture))
            : JsonValue.Create(world.Ids[name]);

    private JsonValue Time(TimeSpan from) => JsonValue.Create(
        (now + from).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    // Behind references, and without the alternative that is null.
    private JsonNode Plain(JsonNode schema)
    {
        schema = document.Resolve(schema);
        return schema["oneOf"] is JsonArray alternatives
            ? document.Resolve(alternatives.First(one => (string?)one!["type"] != "null")!)
            : schema;
    }
}
