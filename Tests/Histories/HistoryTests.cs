using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace WorkspaceService.Histories;

/// <summary>
/// Random histories of commands from random callers, on the real service and in the <see cref="Model"/> beside it.
/// TEST_STEPS sets how many steps are taken in all, TEST_SEED takes those of another run again.
/// </summary>
[Collection("Histories")]
public sealed class HistoryTests(ITestOutputHelper output)
{
    private const int Length = 80;
    private const int Width = 8;

    // At least so many of a history's steps are requests; in the others time goes by.
    private const int TakenIn = 70;

    private static readonly int Steps = int.Parse(
        Environment.GetEnvironmentVariable("TEST_STEPS") ?? "10000", CultureInfo.InvariantCulture);

    // What has to occur in so many steps, that the rules are reached at all.
    private static readonly string[] Reached =
    [
        "forbidden", "organization_suspended", "role_exceeds_organization_role", "plan_limit_exceeded",
        "seat_limit_reached", "not_found", "unauthenticated", "email_taken", "already_member", "last_admin",
        "owner_protected", "active_service_lines", "workspace_archived", "not_archived", "invalid_transition",
        "invitation_expired", "invitation_revoked", "invitation_used", "invitation_declined", "validation_failed",
        "not_organization_member", "not_a_member", "role_too_low",
    ];

    // These occur in 10,000 steps too, but seldom: a longer run has them for certain.
    private static readonly string[] ReachedLater =
    [
        "role_exceeds_own_role", "slug_taken", "join_request_pending", "invitation_pending", "user_deactivated",
        "unknown_user", "invitation_required", "duplicate", "user_inactive", "subscription_ended", "trial_ended",
    ];

    [Fact]
    public void One_after_the_other_the_service_and_the_model_answer_the_same()
    {
        var tally = Run(History.Of(Length, 1), Steps * 7 / 10);
        if (Steps >= 10_000)
        {
            tally.Codes.Should().Contain(Reached);
        }

        if (Steps >= 100_000)
        {
            tally.Codes.Should().Contain(ReachedLater);
            tally.Accepted.Should().BeEquivalentTo(Commands.All.Select(command => command.Name));
        }
    }

    [Fact]
    public void Eight_at_once_answer_as_in_some_order_in_the_model() =>
        Run(History.Of(Length / Width, Width), Steps * 3 / 10);

    private Tally Run(Arbitrary<History> histories, int steps)
    {
        var random = Seeded.Random(output);
        var tally = new Tally();
        using var ground = new Ground();
        Disagreement? smallest = null;
        var property = Prop.ForAll(histories, (Func<History, bool>)(history => Task.Run(async () =>
        {
            try
            {
                await PlayAsync(await ground.ServiceAsync(), history, tally);
                return true;
            }
            catch (Disagreement found)
            {
                // Of those that a failing history is shrunk to, the last that fails is the smallest.
                smallest = found;
                await ground.LeaveIfDamagedAsync();
                return false;
            }
        }).GetAwaiter().GetResult()));
        try
        {
            Check.One(
                Config.QuickThrowOnFailure
                    .WithMaxTest(1 + steps / TakenIn)
                    .WithReplay((ulong)random.NextInt64(), (ulong)random.NextInt64() | 1)
                    .WithQuietOnSuccess(true),
                property);
        }
        catch (Exception) when (smallest is not null)
        {
            throw smallest;
        }
        finally
        {
            tally.WriteTo(output);
        }

        return tally;
    }

    private static async Task PlayAsync(
        ServiceFixture service, History history, Tally tally)
    {
        await using var stage = await Stage.OpenAsync(service, tally);
        foreach (var round in history.Rounds)
        {
            await stage.TakeAsync(round);
        }

        if (await service.FindAsync() is [_, ..] findings)
        {
            throw new Disagreement($"verify finds: {string.Join('\n', findings)}\nAfter:\n{stage.Tell()}");
        }
    }
}
