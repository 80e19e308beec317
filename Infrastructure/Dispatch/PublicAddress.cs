using System.Net;
using System.Net.Sockets;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>
/// Tells public addresses from others: those in IANA's special-purpose registries for IPv4 and IPv6, multicast and
/// reserved addresses are not public. Of IPv6 only global unicast is, 2000::/3; an address that has an IPv4 address in
/// it (NAT64, 6to4, Teredo) is not, and a mapped one is what it maps.
/// </summary>
public static class PublicAddress
{
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
            "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    public static bool Includes(IPAddress address)
    {
        var judged = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Array.Exists(Special, network => network.Contains(judged))
            && (judged.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(judged));
    }

    /// <summary>
    /// False where the host of a URL is known not to be public without asking for its addresses: an address that is
    /// none, or a name of this machine.
    /// </summary>
    public static bool MayInclude(Uri url)
    {
        var host = url.IdnHost.TrimEnd('.');
        return IPAddress.TryParse(host.Trim('[', ']'), out var address)
            ? Includes(address)
            : !host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                && !host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }
}
