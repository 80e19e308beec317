using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace WorkspaceService;

/// <summary>
/// Somebody in the console with a browser that has no script: follows links, fills forms in, and keeps cookies.
/// </summary>
public sealed class ConsoleVisitor : IDisposable
{
    private readonly HttpClient _http;
    private Func<HttpRequestMessage>? _form;

    private ConsoleVisitor(Uri address, CookieContainer cookies) => (_http, Cookies) = (
        new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = cookies })
        {
            BaseAddress = address,
        },
        cookies);

    public CookieContainer Cookies { get; }

    /// <summary>The page that is shown.</summary>
    public IHtmlDocument Page { get; private set; } = null!;

    /// <summary>Its address, such as <c>/console/organizations</c>.</summary>
    public string Address { get; private set; } = "";

    public HttpStatusCode Status { get; private set; }

    /// <summary>What the last request was answered with, before any redirect.</summary>
    public HttpResponseMessage First { get; private set; } = null!;

    /// <summary>How many links were followed and forms sent.</summary>
    public int Clicks { get; private set; }

    /// <summary>The text of the page without its frame.</summary>
    public string Text => Page.QuerySelector("main")!.Text().Trim();

    /// <summary>What is said once about the form before.</summary>
    public string? Notice => Page.QuerySelector("main .note[role=status]")?.Text().Trim();

    /// <summary>What stands above a form that was refused.</summary>
    public string? Alert => Page.QuerySelector("main [role=alert]")?.Text().Trim();

    /// <summary>The message beside a field.</summary>
    public string? ErrorOf(string field) =>
        Page.QuerySelector($"#f-{field.Replace('/', '-')}-error")?.Text().Trim();

    /// <summary>Somebody without a session.</summary>
    public static ConsoleVisitor Anonymous(ServiceFixture service) => Anonymous(service.ClientOptions.BaseAddress);

    public static ConsoleVisitor Anonymous(Uri address) => new(address, new CookieContainer());

    /// <summary>Somebody who has signed in with a key.</summary>
    public static Task<ConsoleVisitor> SignInAsync(ServiceFixture service, string key) =>
        SignInAsync(service.ClientOptions.BaseAddress, key);

    public static async Task<ConsoleVisitor> SignInAsync(Uri address, string key)
    {
        var visitor = Anonymous(address);
        await visitor.GoAsync("/console/sign-in");
        await visitor.SendAsync("main form", ("key", key));
        visitor.Address.Should().NotStartWith("/console/sign-in", "the key counts");
        return visitor;
    }

    /// <summary>The same browser, with its cookies, at another instance of the service.</summary>
    public ConsoleVisitor At(Uri address) => new(address, Cookies);

    /// <summary>Opens an address, and goes wherever that leads.</summary>
    public Task GoAsync(string address) => FollowAsync(new HttpRequestMessage(HttpMethod.Get, address));

    /// <summary>Follows the first link of this text.</summary>
    public Task ClickAsync(string text)
    {
        Clicks++;
        return GoAsync(
            Page.QuerySelectorAll("a").First(link => link.Text().Trim().StartsWith(text, StringComparison.Ordinal))
                .GetAttribute("href")!);
    }

    /// <summary>True where the page offers a link or a button of this text.</summary>
    public bool Offers(string text) => Page.QuerySelectorAll("main a, main button")
        .Any(offer => offer.Text().Trim().StartsWith(text, StringComparison.Ordinal));

    /// <summary>Sends a form of the page: with what stands in it, but for the fields that are named here.</summary>
    /// <param name="form">A selector of the form.</param>
    /// <param name="fields">Null takes a field out, as a box that is not checked.</param>
    public Task SendAsync(string form, params (string Name, string? Value)[] fields)
    {
        Clicks++;
        var element = Page.QuerySelector(form) as IHtmlFormElement
            ?? throw new InvalidOperationException($"There is no form {form} on {Address}: {Text}");
        var values = Standing(element).Where(pair => fields.All(field => field.Name != pair.Key))
            .Concat(fields.Where(field => field.Value is not null)
                .Select(field => KeyValuePair.Create(field.Name, field.Value!)))
            .ToList();
        var action = element.GetAttribute("action") is { Length: > 0 } named ? named : Address;
        _form = () => new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent(values) };
        return element.Method == "post"
            ? SendAgainAsync()
            : GoAsync(action + "?" + string.Join('&', values.Select(pair =>
                $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}")));
    }

    /// <summary>Sends the last form once more, as a browser does where its answer is reloaded.</summary>
    public Task SendAgainAsync() => FollowAsync(_form!());

    /// <summary>Sends a request of this visitor's browser that no page of the console offers.</summary>
    public Task FollowAsync(HttpRequestMessage request) => FollowAsync(request, isFirst: true);

    public void Dispose() => _http.Dispose();

    private async Task FollowAsync(HttpRequestMessage request, bool isFirst)
    {
        Address = request.RequestUri!.OriginalString;
        var response = await _http.SendAsync(request);
        First = isFirst ? response : First;
        Status = response.StatusCode;
        Recording.Issued(Cookies.GetCookies(new Uri(_http.BaseAddress!, "/console"))
            .Where(cookie => cookie.Name == "workspaces_session").Select(cookie => cookie.Value));
        if (response.Headers.Location is { } next)
        {
            await FollowAsync(new HttpRequestMessage(HttpMethod.Get, next.OriginalString), isFirst: false);
            return;
        }

        Page = await new HtmlParser().ParseDocumentAsync(await response.Content.ReadAsStringAsync());
    }

    private static IEnumerable<KeyValuePair<string, string>> Standing(IHtmlFormElement form)
    {
        foreach (var element in form.Elements)
        {
            switch (element)
            {
                case IHtmlInputElement { Type: "checkbox" or "radio" } box:
                    if (box.IsChecked)
                    {
                        yield return KeyValuePair.Create(box.Name!, box.Value);
                    }

                    break;
                case IHtmlInputElement { Name: { Length: > 0 } name } input:
                    yield return KeyValuePair.Create(name, input.Value);
                    break;
                case IHtmlSelectElement { Name: { Length: > 0 } name } select:
                    yield return KeyValuePair.Create(name, select.Value ?? "");
                    break;
                case IHtmlTextAreaElement { Name: { Length: > 0 } name } area:
                    yield return KeyValuePair.Create(name, area.Value);
                    break;
            }
        }
    }
}
