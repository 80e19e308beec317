using System.Net;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>
/// IANA's registries of special-purpose addresses, block by block, with the addresses beside each edge, and addresses
/// that carry an IPv4 address.
/// </summary>
public sealed class PublicAddressTests
{
    // A block, and whether the addresses right before and right after it are public.
    [Theory]
    [InlineData("0.0.0.0/8", null, true)]
    [InlineData("10.0.0.0/8", true, true)]
    [InlineData("100.64.0.0/10", true, true)]
    [InlineData("127.0.0.0/8", true, true)]
    [InlineData("169.254.0.0/16", true, true)]
    [InlineData("172.16.0.0/12", true, true)]
    [InlineData("192.0.0.0/24", true, true)]
    [InlineData("192.0.2.0/24", true, true)]
    [InlineData("192.31.196.0/24", true, true)]
    [InlineData("192.52.193.0/24", true, true)]
    [InlineData("192.88.99.0/24", true, true)]
    [InlineData("192.168.0.0/16", true, true)]
    [InlineData("192.175.48.0/24", true, true)]
    [InlineData("198.18.0.0/15", true, true)]
    [InlineData("198.51.100.0/24", true, true)]
    [InlineData("203.0.113.0/24", true, true)]
    [InlineData("224.0.0.0/4", true, false)]
    [InlineData("240.0.0.0/4", false, null)]
    [InlineData("::/128", null, false)]
    [InlineData("::1/128", false, false)]
    [InlineData("::ffff:0:0/96", false, false)]
    [InlineData("64:ff9b::/96", false, false)]
    [InlineData("64:ff9b:1::/48", false, false)]
    [InlineData("100::/64", false, false)]
    [InlineData("100:0:0:1::/64", false, false)]
    [InlineData("2001::/23", true, true)]
    [InlineData("2001::/32", true, false)]
    [InlineData("2001:1::1/128", false, false)]
    [InlineData("2001:1::2/128", false, false)]
    [InlineData("2001:1::3/128", false, false)]
    [InlineData("2001:2::/48", false, false)]
    [InlineData("2001:3::/32", false, false)]
    [InlineData("2001:4:112::/48", false, false)]
    [InlineData("2001:10::/28", false, false)]
    [InlineData("2001:20::/28", false, false)]
    [InlineData("2001:30::/28", false, false)]
    [InlineData("2001:db8::/32", true, true)]
    [InlineData("2002::/16", true, true)]
    [InlineData("2620:4f:8000::/48", true, true)]
    [InlineData("3fff::/20", true, true)]
    [InlineData("5f00::/16", false, false)]
    [InlineData("fc00::/7", false, false)]
    [InlineData("fe80::/10", false, false)]
    [InlineData("fec0::/10", false, false)]
    [InlineData("ff00::/8", false, null)]
    public void A_special_block_is_not_public(string block, bool? isPublicBefore, bool? isPublicAfter)
    {
        var network = IPNetwork.Parse(block);
        var last = Last(network);

        PublicAddress.Includes(network.BaseAddress).Should().BeFalse();
        PublicAddress.Includes(last).Should().BeFalse();
        Beside(network.BaseAddress, -1, isPublicBefore);
        Beside(last, 1, isPublicAfter);
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("8.8.8.8")]
    [InlineData("93.184.215.14")]
    [InlineData("223.255.255.255")]
    [InlineData("2000::1")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:80e::200e")]
    [InlineData("3ffe::1")]
    [InlineData("::ffff:8.8.8.8")]
    public void Any_other_unicast_address_is_public(string address) =>
        PublicAddress.Includes(IPAddress.Parse(address)).Should().BeTrue();

    [Theory]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("::8.8.8.8")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2002:808:808::1")]
    [InlineData("2001:0:7f00:1::")]
    [InlineData("fe80::1%1")]
    public void One_that_carries_another_is_none(string address) =>
        PublicAddress.Includes(IPAddress.Parse(address)).Should().BeFalse();

    [Theory]
    [InlineData("https://hooks.example.com/", true)]
    [InlineData("https://1.1.1.1/", true)]
    [InlineData("https://[2606:4700:4700::1111]/", true)]
    [InlineData("https://localhost/", false)]
    [InlineData("https://LOCALHOST./", false)]
    [InlineData("https://app.localhost/", false)]
    [InlineData("https://localhost.example.com/", true)]
    [InlineData("https://127.0.0.1/", false)]
    [InlineData("https://127.1/", false)]
    [InlineData("https://2130706433/", false)]
    [InlineData("https://0x7f000001/", false)]
    [InlineData("https://0x7f.1/", false)]
    [InlineData("https://017700000001/", false)]
    [InlineData("https://0177.0.0.1/", false)]
    [InlineData("https://0/", false)]
    [InlineData("https://127.0.0.1./", false)]
    [InlineData("https://１２７.0.0.1/", false)]
    [InlineData("https://127。0。0。1/", false)]
    [InlineData("https://ⓛocalhost/", false)]
    [InlineData("https://[::1]/", false)]
    [InlineData("https://[::ffff:10.0.0.1]/", false)]
    [InlineData("https://[::ffff:a00:1]/", false)]
    [InlineData("https://[2002:a00:1::]/", false)]
    [InlineData("https://[64:ff9b::a00:1]/", false)]
    [InlineData("https://169.254.169.254/latest/meta-data", false)]
    public void A_url_is_judged_by_its_host(string url, bool isPublic) =>
        PublicAddress.MayInclude(new Uri(url)).Should().Be(isPublic);

    private static void Beside(IPAddress edge, int step, bool? isPublic)
    {
        if (isPublic is { } expected)
        {
            var beside = Step(edge, step);
            PublicAddress.Includes(beside).Should().Be(expected, $"{beside} is beside the block");
        }
    }

    private static IPAddress Last(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        for (var bit = network.PrefixLength; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }

    private static IPAddress Step(IPAddress address, int step)
    {
        var bytes = address.GetAddressBytes();
        for (var n = bytes.Length - 1; n >= 0; n--)
        {
            var value = bytes[n] + step;
            bytes[n] = (byte)value;
            if (value is >= 0 and <= 255)
            {
                break;
            }
        }

        return new IPAddress(bytes);
    }
}
