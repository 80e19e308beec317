using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>A webhook as the dispatcher needs it.</summary>
internal sealed record WebhookRow
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    public string OrganizationCode { get; init; } = "";

    public string? WorkspaceCode { get; init; }

    public string Url { get; init; } = "";

    public string Events { get; init; } = "";

    public string Secret { get; init; } = "";

    public string? PreviousSecret { get; init; }

    public DateTimeOffset? PreviousSecretUntil { get; init; }

    /// <summary>
    /// The last event of the log that became a delivery or was passed over; null where the webhook's own has no place
    /// in the log yet.
    /// </summary>
    public long? Position { get; init; }

    public DateTimeOffset? FailingSince { get; init; }

    public IReadOnlyList<string> SecretsAt(DateTimeOffset now) =>
        PreviousSecret is not null && PreviousSecretUntil > now ? [Secret, PreviousSecret] : [Secret];

    /// <summary>True for an event that is sent to it. One about the webhook itself is not, but for its test.</summary>
    public bool Takes(EventRow row)
    {
        var isOwn = row.SubjectKind == "webhook" && row.SubjectId == Code;
        return row.Type == EventTypes.WebhookTest
            ? isOwn
            : !isOwn && Array.Exists(Events.Split(' '), pattern => EventTypes.Matches(pattern, row.Type));
    }
}

/// <summary>A webhook that may have something to send.</summary>
internal sealed record EnabledWebhook
{
    public long Id { get; init; }

    public string OrganizationCode { get; init; } = "";

    public long Version { get; init; }
}

/// <summary>A delivery that is to be tried, with its event.</summary>
internal sealed record Delivery : EventRow
{
    public long Number { get; init; }

    public long Round { get; init; }

    public string Attempts { get; init; } = "[]";

    /// <summary>Grows with each try, and when it is sent again by hand.</summary>
    public long Version { get; init; } = 1;
}

/// <summary>What a try has changed.</summary>
/// <param name="DisabledBecause">Why the webhook is disabled now; null where it is not.</param>
/// <param name="IsGone">The receiver wants no more events.</param>
internal sealed record TryResult(
    WebhookRow Webhook,
    Delivery Delivery,
    bool IsDelivered,
    DateTimeOffset At,
    DateTimeOffset? NextAttemptAt,
    string Attempts,
    string? DisabledBecause,
    bool IsGone)
{
    public string Status => IsDelivered ? DeliveryObject.Delivered
        : NextAttemptAt is null ? DeliveryObject.Failed
        : DeliveryObject.Pending;
}

/// <summary>
/// What the database knows of webhooks and their deliveries. An event becomes a delivery in the transaction that moves
/// the webhook's position past it, so none is skipped and none becomes two.
/// </summary>
internal sealed class WebhookStore(ConnectionFactory db)
{
    /// <summary>How long a webhook may do nothing but fail.</summary>
    public static readonly TimeSpan FailsForTooLong = TimeSpan.FromDays(5);

    /// <summary>The most events of the log that are looked at in one step.</summary>
    public const int Step = 500;

    private static Caller Dispatcher => new()
    {
        Kind = CallerKind.System,
        KeyId = "webhooks",
        RequestId = RequestId.Create(),
    };

    /// <summary>What changes when a webhook is made, changed, disabled or deleted: versions only grow.</summary>
    public async Task<string> FingerprintAsync(CancellationToken ct)
    {
        await using var session = db.Open(ct: ct);
        var counted = (await session.FindAsync<Fingerprint>(Sql.Fingerprint))!;
        return counted.ToString();
    }

    public async Task<List<EnabledWebhook>> ListEnabledAsync(CancellationToken ct)
    {
        await using var session = db.Open(ct: ct);
        return await session.ListAsync<EnabledWebhook>(Sql.ListEnabled);
    }

    /// <summary>Null where it is not enabled any more.</summary>
    public async Task<WebhookRow?> FindAsync(long id, CancellationToken ct)
    {
        var found = await ReadAsync();
        if (found is not { Position: null })
        {
            return found;
        }

        await OrderAsync(ct);
        return await ReadAsync();

        async Task<WebhookRow?> ReadAsync()
        {
            await using var session = db.Open(ct: ct);
            return await session.FindAsync<WebhookRow>(Sql.Find, new { Id = id });
        }
    }

    /// <summary>The organizations of the events after <paramref name="seen"/>; null where they are too many.</summary>
    public async Task<(HashSet<string>? Organizations, long Seen)> FollowAsync(long seen, CancellationToken ct)
    {
        await OrderAsync(ct);
        await using var session = db.Open(ct: ct);
        var rows = await session.ListAsync<LogPlace>(Sql.Follow, new { Seen = seen, Take = Step + 1 });
        return rows.Count == 0 ? ([], seen)
            : rows.Count <= Step ? ([.. rows.Select(row => row.OrganizationCode ?? "")], rows[^1].Sequence)
            : (null, await session.ScalarAsync<long>(Sql.FindLast));
    }

    /// <summary>The enabled webhooks that have something to send which is no new event.</summary>
    public async Task<List<long>> ListDueWebhooksAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var session = db.Open(ct: ct);
        return await session.ListAsync<long>(Sql.ListDueWebhooks, new { Now = now });
    }

    public async Task<List<Delivery>> ListDueAsync(
        WebhookRow webhook, DateTimeOffset now, int take, CancellationToken ct)
    {
        await using var session = db.Open(ct: ct);
        return await session.ListAsync<Delivery>(Sql.ListDue, new { WebhookId = webhook.Id, Now = now, Take = take });
    }

    /// <summary>When the next try of the webhook is due; null for none.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(long webhook, CancellationToken ct)
    {
        await using var session = db.Open(ct: ct);
        return TimeOf(await session.ScalarAsync<long?>(Sql.FindNextDue, new { WebhookId = webhook }));
    }

    /// <summary>When the oldest event occurred that is still to be delivered; null for none.</summary>
    public async Task<DateTimeOffset?> FindOldestAsync(CancellationToken ct)
    {
        await using var session = db.Open(ct: ct);
        return TimeOf(await session.ScalarAsync<long?>(Sql.FindOldest));
    }

    /// <summary>
    /// Makes deliveries of the next events of the log, at most <paramref name="take"/>. Null at the end of the log.
    /// </summary>
    public async Task<List<Delivery>?> TakeNewAsync(
        WebhookRow webhook, int take, DateTimeOffset now, CancellationToken ct)
    {
        await OrderAsync(ct);
        return await TakeAsync(webhook, null, webhook.Position!.Value, long.MaxValue, take, now, ct);
    }

    /// <summary>The same for what is to be sent again. Null where there is none.</summary>
    public async Task<List<Delivery>?> TakeAgainAsync(
        WebhookRow webhook, int take, DateTimeOffset now, CancellationToken ct)
    {
        Replay? replay;
        await using (var session = db.Open(ct: ct))
        {
            replay = await session.FindAsync<Replay>(Sql.FindReplay, new { WebhookId = webhook.Id });
        }

        return replay is null
            ? null
            : await TakeAsync(webhook, replay.Id, replay.Position, replay.Last, take, now, ct) ?? [];
    }

    /// <summary>Stores the results of tries, with the events that follow from them.</summary>
    public Task SaveAsync(IReadOnlyList<TryResult> results, CancellationToken ct) => db.TransactAsync<Done>(
        Dispatcher,
        async session =>
        {
            await WriteLocks.SharedServiceAsync(session);
            foreach (var code in results.Where(result => result.DisabledBecause is not null)
                .Select(result => result.Webhook.Code).Distinct().Order(StringComparer.Ordinal))
            {
                await WriteLocks.WebhookAsync(session, code);
            }

            await session.ExecuteLaterAsync(Sql.SaveTries, new
            {
                Rows = JsonRows.Serialize(results.Select(result => new
                {
                    id = result.Delivery.Number,
                    status = result.Status,
                    round = result.IsDelivered ? 0 : result.Delivery.Round + 1,
                    next = result.NextAttemptAt?.ToUnixTimeMilliseconds(),
                    ended = result.NextAttemptAt is null ? result.At.ToUnixTimeMilliseconds() : (long?)null,
                    attempts = result.Attempts,
                    version = result.Delivery.Version,
                })),
            });
            foreach (var tried in results.GroupBy(result => result.Webhook.Id))
            {
                await SaveHealthAsync(session, [.. tried]);
            }

            foreach (var failed in results.Where(result => result.Status == DeliveryObject.Failed
                && !EventTypes.IsOfWebhook(result.Delivery.Type)))
            {
                await EventLog.AppendAsync(
                    session,
                    EventTypes.WebhookDeliveryFailed,
                    failed.Webhook.OrganizationCode,
                    failed.Webhook.WorkspaceCode,
                    ("webhook", failed.Webhook.Code),
                    Changes.Of("event_id", null, failed.Delivery.Id));
            }

            return Done.It;
        },
        ct);

    /// <summary>
    /// Deletes deliveries that ended before a time, and webhooks that are deleted, with all of their deliveries.
    /// </summary>
    public static async Task PurgeAsync(ConnectionFactory db, DateTimeOffset endedBefore, CancellationToken ct)
    {
        while (await db.CleanUpAsync(Sql.DeleteEnded, new { Before = endedBefore }, ct) > 0)
        {
        }

        while (await db.CleanUpAsync(Sql.DeleteOfDeleted, new { }, ct) > 0)
        {
        }

        await db.CleanUpAsync(Sql.DeleteReplays, new { }, ct);
        await db.CleanUpAsync(Sql.DeleteDeleted, new { }, ct);
    }

    private static DateTimeOffset? TimeOf(long? milliseconds) =>
        milliseconds is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    private static async Task SaveHealthAsync(Session session, IReadOnlyList<TryResult> results)
    {
        var webhook = results[0].Webhook;
        if (results.Any(result => result.IsDelivered))
        {
            await session.ExecuteLaterAsync(Sql.SetWorking, new { webhook.Id });
        }
        else
        {
            await session.ExecuteLaterAsync(Sql.SetFailing, new { webhook.Id, At = results.Min(result => result.At) });
        }

        if (results.FirstOrDefault(result => result.DisabledBecause is not null) is { DisabledBecause: { } reason }
            && await session.ExecuteAsync(Sql.Disable, new
            {
                webhook.Id,
                webhook.Url,
                IsGone = results.Any(result => result.IsGone) ? 1 : 0,
                Limit = results.Max(result => result.At) - FailsForTooLong,
            }) > 0)
        {
            await EventLog.AppendAsync(
                session,
                EventTypes.WebhookDisabled,
                webhook.OrganizationCode,
                webhook.WorkspaceCode,
                ("webhook", webhook.Code),
                Changes.Of("status", WebhookObject.Enabled, WebhookObject.Disabled).Set("reason", null, reason));
        }
    }

    private async Task<List<Delivery>?> TakeAsync(
        WebhookRow webhook, long? replay, long after, long last, int take, DateTimeOffset now, CancellationToken ct)
    {
        // In parts: most webhooks take most events, and some take few.
        var (taken, position, seen, isEnd) = (new List<Delivery>(), after, 0, false);
        await using (var session = db.Open(ct: ct))
        {
            while (!isEnd && taken.Count < take && seen < Step)
            {
                var part = await session.ListAsync<Delivery>(
                    webhook.WorkspaceCode is null ? Sql.ListOfOrganization : Sql.ListOfWorkspace,
                    new
                    {
                        webhook.OrganizationCode,
                        webhook.WorkspaceCode,
                        After = position,
                        Last = last,
                        Take = take,
                    });
                (isEnd, seen) = (part.Count < take, seen + part.Count);
                foreach (var row in part)
                {
                    if (taken.Count == take)
                    {
                        isEnd = false;
                        break;
                    }

                    position = row.Sequence!.Value;
                    if (webhook.Takes(row))
                    {
                        taken.Add(row);
                    }
                }
            }
        }

        // A place that moves past nothing but events that are not sent is saved from time to time only.
        if (taken.Count == 0 && isEnd && replay is null && seen < Step / 2)
        {
            return null;
        }

        var outcome = await db.TransactAsync<List<Delivery>>(
            Dispatcher,
            async session =>
            {
                await WriteLocks.SharedServiceAsync(session);
                var moved = replay is null
                    ? await session.ExecuteAsync(Sql.Move, new { webhook.Id, From = after, To = position })
                    : await session.ExecuteAsync(
                        isEnd ? Sql.EndReplay : Sql.MoveReplay, new { Id = replay, From = after, To = position });
                return moved == 0 ? [] : await InsertAsync(session, webhook, taken, now);
            },
            ct);
        return outcome.Match(made => isEnd && made.Count == 0 && replay is null ? null : made, _ => null);
    }

    private static async Task<List<Delivery>> InsertAsync(
        Session session, WebhookRow webhook, List<Delivery> events, DateTimeOffset now)
    {
        if (events.Count == 0)
        {
            return [];
        }

        var minted = await Codes.MintManyAsync(session, Codes.Delivery, events.Count);
        await session.ExecuteLaterAsync(Sql.Insert, new
        {
            Rows = JsonRows.Serialize(minted.Zip(events, (number, sent) => new
            {
                id = number.Number,
                code = number.Code,
                number = sent.Number,
                @event = sent.Id,
                type = sent.Type,
            })),
            WebhookId = webhook.Id,
            Now = now,
        });
        return [.. minted.Zip(events, (number, sent) => sent with { Number = number.Number })];
    }

    // Events that have no place in the log yet would be missed.
    private Task OrderAsync(CancellationToken ct) => EventOrder.AssignAllAsync(db, Dispatcher, ct);

    private sealed record Fingerprint
    {
        public long Count { get; init; }

        public long Last { get; init; }

        public long Versions { get; init; }
    }

    private sealed record LogPlace
    {
        public long Sequence { get; init; }

        public string? OrganizationCode { get; init; }
    }

    private sealed record Replay
    {
        public long Id { get; init; }

        public long Position { get; init; }

        public long Last { get; init; }
    }

    private const string IsEnabled =
        $"EXISTS (SELECT 1 FROM webhooks h WHERE h.id = webhook_id AND h.status = '{WebhookObject.Enabled}')";

    private const string IsUnchanged = "webhook_deliveries.version = CAST(r.value ->> 'version' AS BIGINT)";

    private static class Sql
    {
        private const string Log = $"""
            SELECT {EventRow.Columns}, e.id AS number
            FROM events e
            WHERE e.organization_code = @OrganizationCode AND e.sequence > @After AND e.sequence <= @Last
            """;

        public const string Fingerprint = """
            SELECT COUNT(*) AS count, COALESCE(MAX(id), 0) AS last,
                   CAST(COALESCE(SUM(version), 0) AS BIGINT) AS versions
            FROM webhooks
            """;

        public const string ListEnabled =
            $"SELECT id, organization_code, version FROM webhooks WHERE status = '{WebhookObject.Enabled}'";

        public const string Find = $"""
            SELECT h.id, h.code, h.organization_code, h.workspace_code, h.url, h.events, h.secret, h.previous_secret,
                   h.previous_secret_until, h.failing_since,
                   COALESCE(h.position, (
                       SELECT e.sequence FROM events e
                       WHERE e.organization_code = h.organization_code AND e.type = 'webhook.created'
                         AND e.subject_id = h.code)) AS position
            FROM webhooks h
            WHERE h.id = @Id AND h.status = '{WebhookObject.Enabled}'
            """;

        public const string Follow =
            "SELECT sequence, organization_code FROM events WHERE sequence > @Seen ORDER BY sequence LIMIT @Take";

        public const string FindLast = "SELECT COALESCE(MAX(sequence), 0) FROM events";

        public const string ListDueWebhooks = $"""
            SELECT h.id
            FROM webhooks h
            WHERE h.status = '{WebhookObject.Enabled}' AND (
                EXISTS (
                    SELECT 1 FROM webhook_deliveries d WHERE d.webhook_id = h.id AND d.next_attempt_at <= @Now)
                OR EXISTS (SELECT 1 FROM webhook_replays r WHERE r.webhook_id = h.id))
            """;

        public const string ListDue = $"""
            SELECT {EventRow.Columns}, d.id AS number, d.round, d.attempts, d.version
            FROM webhook_deliveries d JOIN events e ON e.id = d.event_id
            WHERE d.webhook_id = @WebhookId AND d.next_attempt_at <= @Now
            ORDER BY d.next_attempt_at
            LIMIT @Take
            """;

        public const string FindNextDue = """
            SELECT MIN(next_attempt_at) FROM webhook_deliveries
            WHERE webhook_id = @WebhookId AND next_attempt_at IS NOT NULL
            """;

        public const string FindOldest = $"""
            SELECT MIN(e.occurred_at)
            FROM webhooks h
            JOIN webhook_deliveries d ON d.id = (
                SELECT MIN(x.id) FROM webhook_deliveries x
                WHERE x.webhook_id = h.id AND x.status <> '{DeliveryObject.Delivered}'
                  AND x.status = '{DeliveryObject.Pending}')
            JOIN events e ON e.id = d.event_id
            WHERE h.status = '{WebhookObject.Enabled}'
            """;

        public const string FindReplay =
            "SELECT id, position, last FROM webhook_replays WHERE webhook_id = @WebhookId ORDER BY id LIMIT 1";

        public const string ListOfOrganization = $"{Log} ORDER BY e.sequence LIMIT @Take";

        public const string ListOfWorkspace = $"""
            SELECT {EventRow.Columns}, e.id AS number
            FROM events e
            WHERE e.workspace_code = @WorkspaceCode AND e.organization_code = @OrganizationCode
              AND e.sequence > @After AND e.sequence <= @Last
            ORDER BY e.sequence
            LIMIT @Take
            """;

        // No row: another instance has moved it, or it is not enabled any more.
        public const string Move = $"""
            UPDATE webhooks SET position = @To
            WHERE id = @Id AND COALESCE(position, @From) = @From AND status = '{WebhookObject.Enabled}'
            """;

        public const string MoveReplay =
            $"UPDATE webhook_replays SET position = @To WHERE id = @Id AND position = @From AND {IsEnabled}";

        public const string EndReplay =
            $"DELETE FROM webhook_replays WHERE id = @Id AND position = @From AND {IsEnabled}";

        public const string Insert = $"""
            INSERT INTO webhook_deliveries (id, code, webhook_id, event_id, event_code, event_type, status, round,
                                            next_attempt_at, attempts, version)
            SELECT CAST(value ->> 'id' AS BIGINT), value ->> 'code', @WebhookId, CAST(value ->> 'number' AS BIGINT),
                   value ->> 'event', value ->> 'type', '{DeliveryObject.Pending}', 0, @Now, '[]', 1
            FROM json_each(@Rows)
            """;

        // Where it was sent again by hand during the try, that counts; the try is added.
        public const string SaveTries = $"""
            UPDATE webhook_deliveries
            SET attempts = r.value ->> 'attempts', version = webhook_deliveries.version + 1,
                status = CASE WHEN {IsUnchanged} THEN r.value ->> 'status' ELSE webhook_deliveries.status END,
                round = CASE WHEN {IsUnchanged} THEN CAST(r.value ->> 'round' AS BIGINT)
                    ELSE webhook_deliveries.round END,
                next_attempt_at = CASE WHEN {IsUnchanged} THEN CAST(r.value ->> 'next' AS BIGINT)
                    ELSE webhook_deliveries.next_attempt_at END,
                ended_at = CASE WHEN {IsUnchanged} THEN CAST(r.value ->> 'ended' AS BIGINT)
                    ELSE webhook_deliveries.ended_at END
            FROM json_each(@Rows) r
            WHERE webhook_deliveries.id = CAST(r.value ->> 'id' AS BIGINT)
            """;

        // A part at a time, so that writers need not wait for long.
        public const string DeleteEnded = """
            DELETE FROM webhook_deliveries
            WHERE id IN (
                SELECT id FROM webhook_deliveries WHERE ended_at < @Before LIMIT 500)
            """;

        public const string DeleteOfDeleted = $"""
            DELETE FROM webhook_deliveries
            WHERE id IN (
                SELECT d.id FROM webhooks h JOIN webhook_deliveries d ON d.webhook_id = h.id
                WHERE h.status = '{WebhookObject.Deleted}' LIMIT 500)
            """;

        public const string DeleteReplays = $"""
            DELETE FROM webhook_replays
            WHERE webhook_id IN (SELECT id FROM webhooks WHERE status = '{WebhookObject.Deleted}')
            """;

        public const string DeleteDeleted = $"""
            DELETE FROM webhooks
            WHERE status = '{WebhookObject.Deleted}'
              AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.webhook_id = webhooks.id)
              AND NOT EXISTS (SELECT 1 FROM webhook_replays r WHERE r.webhook_id = webhooks.id)
            """;

        public const string SetWorking =
            "UPDATE webhooks SET failing_since = NULL WHERE id = @Id AND failing_since IS NOT NULL";

        public const string SetFailing =
            "UPDATE webhooks SET failing_since = @At WHERE id = @Id AND failing_since IS NULL";

        // No row: somebody else has disabled or deleted it, it has another receiver now, or it works again.
        public const string Disable = $"""
            UPDATE webhooks SET status = '{WebhookObject.Disabled}', version = version + 1
            WHERE id = @Id AND status = '{WebhookObject.Enabled}' AND url = @Url
              AND (@IsGone = 1 OR failing_since <= @Limit)
            """;
    }
}
