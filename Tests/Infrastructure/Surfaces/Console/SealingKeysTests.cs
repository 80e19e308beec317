using System.Xml.Linq;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

[Collection("Clock")]
public sealed class SealingKeysTests(ServiceFixture service)
{
    [Fact]
    public async Task Of_instances_that_make_a_key_at_the_same_time_one_makes_it_and_all_have_it()
    {
        service.Clock.Advance(TimeSpan.FromMinutes(10)); // since the service made its own
        var keys = new[] { new SealingKeys(service.Db), new SealingKeys(service.Second.Db) };
        var before = keys[0].GetAllElements().Count;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() =>
            keys[n % 2].StoreElement(new XElement("key", new XAttribute("n", n)), $"key-{Guid.NewGuid()}"))));

        keys[0].GetAllElements().Should().HaveCount(before + 1);
        keys[1].GetAllElements().Select(key => key.ToString())
            .Should().Equal(keys[0].GetAllElements().Select(key => key.ToString()));
        service.Clock.Advance(TimeSpan.FromMinutes(10));
        keys[1].StoreElement(new XElement("key"), $"key-{Guid.NewGuid()}");
        keys[0].GetAllElements().Should().HaveCount(before + 2, "the next one is made in time");
        await service.ArrangeAsync("DELETE FROM sealing_keys WHERE document LIKE '<key n=%' OR document = '<key />'");
    }
}
