using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace WorkspaceService.Infrastructure.Hosting;

public sealed class ServerAddressesTests
{
    [Theory]
    [InlineData(null, null, false, ServerAddresses.Default)]
    [InlineData("urls", "", false, ServerAddresses.Default)]
    [InlineData("urls", "http://+:80;https://+:443", true, "http://localhost:80")]
    [InlineData("urls", "https://+:443", true, null)]
    [InlineData("http_ports", "8081", true, "http://localhost:8081")]
    [InlineData("https_ports", "8443", true, null)]
    [InlineData("Kestrel:Endpoints:Https:Url", "https://+:8443", true, null)]
    [InlineData("Kestrel:Endpoints:Http:Url", "http://+:8082", true, "http://localhost:8082")]
    public void The_default_counts_only_where_nothing_is_said(
        string? name, string? value, bool areConfigured, string? plain)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(name is null ? [] : [KeyValuePair.Create(name, value)]).Build();

        ServerAddresses.AreConfigured(configuration).Should().Be(areConfigured);
        ServerAddresses.Of(configuration).Should().Be(plain);
    }

    [Fact]
    public async Task With_HTTPS_ports_alone_no_plain_HTTP_is_opened()
    {
        await using var database = await TestDatabase.NewAsync();
        var certificate = Path.GetTempFileName();
        using (var key = RSA.Create(2048))
        {
            var request = new CertificateRequest(
                "CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var made = request.CreateSelfSigned(
                DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            await File.WriteAllBytesAsync(certificate, made.Export(X509ContentType.Pfx, "test"));
        }

        try
        {
            await using var service = ServiceProcess.Run(
            [
                $"--ConnectionStrings:Workspaces={database.ConnectionString}",
                $"--Bootstrap:RootKey={ServiceProcess.RootKey}",
                $"--https_ports={FreePort()}",
                $"--Kestrel:Certificates:Default:Path={certificate}",
                "--Kestrel:Certificates:Default:Password=test",
            ]);
            await service.HasSaidAsync("Application started.");

            service.Output.Should().Contain("Now listening on: https://").And.NotContain("Now listening on: http://");
        }
        finally
        {
            File.Delete(certificate);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
