using FluentValidation;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>Which addresses a webhook may have, with the settings of production and of development.</summary>
public sealed class WebhookRulesTests
{
    [Theory]
    [InlineData("https://hooks.example.com/workspaces?team=7")]
    [InlineData("https://hooks.example.com:8443")]
    [InlineData("HTTPS://HOOKS.example.com/")]
    [InlineData("https://bücher.example/hook")]
    [InlineData("https://1.1.1.1/")]
    [InlineData("https://[2606:4700:4700::1111]:8443/x")]
    public void These_are_taken(string url) => CodeOf(url, new()).Should().BeNull();

    [Theory]
    [InlineData("", "required")]
    [InlineData("hooks.example.com", "wrong_form")]
    [InlineData("/workspaces", "wrong_form")]
    [InlineData("https:///workspaces", "wrong_form")]
    [InlineData("https://", "wrong_form")]
    [InlineData("ftp://hooks.example.com/", "wrong_form")]
    [InlineData("file:///etc/passwd", "wrong_form")]
    [InlineData("javascript:alert(1)", "wrong_form")]
    [InlineData("https://hooks.example.com/a b", "wrong_form")]
    [InlineData("https://hooks.example.com/\r\nHost: x", "wrong_form")]
    [InlineData("https://hooks.example.com/\0", "wrong_form")]
    [InlineData("https://hooks.example.com:99999/", "wrong_form")]
    [InlineData("http://hooks.example.com/", "not_allowed")]
    [InlineData("https://sam@hooks.example.com/", "not_allowed")]
    [InlineData("https://sam:pass@hooks.example.com/", "not_allowed")]
    [InlineData("https://localhost/", "not_allowed")]
    [InlineData("https://127.0.0.1/", "not_allowed")]
    [InlineData("https://[::1]/", "not_allowed")]
    [InlineData("https://10.1.2.3/", "not_allowed")]
    [InlineData("https://169.254.169.254/", "not_allowed")]
    [InlineData("https://2130706433/", "not_allowed")]
    [InlineData("https://0x7f.1/", "not_allowed")]
    [InlineData("https://[::ffff:192.168.0.1]/", "not_allowed")]
    [InlineData("https://[2002:c0a8:1::]/", "not_allowed")]
    [InlineData("https://[64:ff9b::c0a8:1]/", "not_allowed")]
    public void These_are_refused(string url, string code) => CodeOf(url, new()).Should().Be(code);

    [Fact]
    public void An_address_has_at_most_2000_characters()
    {
        var url = "https://hooks.example.com/";

        CodeOf(url.PadRight(2000, 'x'), new()).Should().BeNull();
        CodeOf(url.PadRight(2001, 'x'), new()).Should().Be("too_long");
    }

    [Theory]
    [InlineData("http://hooks.example.com/", true, false, null)]
    [InlineData("http://127.0.0.1/", true, false, "not_allowed")]
    [InlineData("https://127.0.0.1/", false, true, null)]
    [InlineData("http://127.0.0.1/", false, true, "not_allowed")]
    [InlineData("http://localhost:3000/", true, true, null)]
    [InlineData("http://sam:pass@localhost/", true, true, "not_allowed")]
    public void In_development_more_is_taken(string url, bool allowHttp, bool allowPrivate, string? code) =>
        CodeOf(url, new() { AllowHttp = allowHttp, AllowPrivateNetworks = allowPrivate }).Should().Be(code);

    private static string? CodeOf(string url, WebhookSettings settings)
    {
        var validator = new InlineValidator<Asked>();
        validator.RuleFor(asked => asked.Url).WebhookUrl(settings);
        return validator.Validate(new Asked(url)).Errors.SingleOrDefault()?.ErrorCode;
    }

    private sealed record Asked(string Url);
}
