using Npgsql;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>What PostgreSQL and a pooler say: an outage or a bug, and whether another try may mend it.</summary>
public sealed class MayRunAgainTests
{
    [Theory]
    [InlineData("57P01", true, true)] // shutting down
    [InlineData("57P02", true, true)] // another process has crashed
    [InlineData("57P03", true, true)] // starting up
    [InlineData("25006", true, true)] // no longer the primary
    [InlineData("08P01", true, true)] // a pooler without a server
    [InlineData("08006", true, true)]
    [InlineData("53300", true, true)] // too many connections
    [InlineData("53100", true, false)] // a full disk
    [InlineData("57014", true, false)] // cancelled
    [InlineData("40001", true, false)] // a race lost after the last try
    [InlineData("28P01", false, false)] // a wrong password
    [InlineData("42601", false, false)] // a bug
    public void An_error_of_the_server_is_judged_by_its_code(string code, bool isOutage, bool mayRunAgain)
    {
        var error = new PostgresException("", "FATAL", "FATAL", code);

        TransientErrors.Includes(error).Should().Be(isOutage);
        TransientErrors.MayRunAgain(error).Should().Be(mayRunAgain);
    }

    [Fact]
    public void A_broken_connection_is_tried_again_and_a_statement_that_took_too_long_is_not()
    {
        TransientErrors.MayRunAgain(new NpgsqlException("broken", new IOException())).Should().BeTrue();
        TransientErrors.MayRunAgain(new TimeoutException()).Should().BeFalse();
        TransientErrors.Includes(new TimeoutException()).Should().BeTrue();
        TransientErrors.Includes(new InvalidOperationException()).Should().BeFalse();
    }
}
