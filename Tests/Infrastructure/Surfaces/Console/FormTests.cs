using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

public sealed class FormTests
{
    [Fact]
    public void What_is_blank_is_not_given()
    {
        var form = Form.Of(("name", "  Ada "), ("slug", " "), ("limit", null));

        form["name"].Should().Be("Ada");
        form["slug"].Should().BeNull();
        form.Number("limit").Should().BeNull();
        form.IsChecked("limit").Should().BeFalse();
    }

    [Theory]
    [InlineData("twelve")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    public async Task A_number_that_cannot_be_read_refuses_the_form_before_anything_is_sent(string typed)
    {
        var form = Form.Of(("seat_limit", typed));
        form.Number("seat_limit");

        var outcome = await form.SendAsync<Done>(null!, null!, CancellationToken.None);

        outcome.Succeeded(out _, out var fault).Should().BeFalse();
        form.Refused(fault!).ErrorOf("seat_limit").Should().Be("Give a whole number.");
        form["seat_limit"].Should().Be(typed);
    }

    [Fact]
    public void A_message_stands_beside_the_field_that_its_pointer_or_its_code_names()
    {
        var form = Form.Of(("name", "x"), ("settings/default_currency", "?"));
        form.Refused(Fault.Invalid("/settings/default_currency", "wrong_form", "No currency."));
        form.ErrorOf("settings/default_currency").Should().Be("No currency.");
        form.ErrorOf("name").Should().BeNull();
        form.Summary.Should().Equal("Nothing was changed; see below.");

        var taken = Form.Of(("slug", "x")).Refused(Fault.Conflict("slug_taken", "It is taken."));
        taken.ErrorOf("slug").Should().Be("It is taken.");

        var mapped = Form.Of(("user_id", "x"))
            .Refused(Faults.NotOrganizationMember, ("not_organization_member", "user_id"));
        mapped.ErrorOf("user_id").Should().Be(Faults.NotOrganizationMember.Message);
    }

    [Fact]
    public void What_no_field_says_is_said_above_them()
    {
        var form = Form.Of(("name", "x"));

        form.Refused(Fault.Invalid("/limits/members", "out_of_range", "Too few.")).Summary
            .Should().Contain("limits/members: Too few.");
        form.Refused(Faults.LastAdmin).Summary.Should().Equal(Faults.LastAdmin.Message);
        form.Refused(Faults.PreconditionFailed).Summary.Should().ContainSingle().Which.Should().Contain("is kept");
        Form.Of().Summary.Should().BeEmpty();
    }
}
