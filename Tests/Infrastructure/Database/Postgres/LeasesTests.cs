namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>Of several instances one at a time does what they must not do together.</summary>
[Collection("Database")]
public sealed class LeasesTests(ServiceFixture service)
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    [PostgresFact]
    public async Task Of_sixteen_who_take_a_lease_at_once_one_holds_it_and_renews_it()
    {
        var name = Guid.NewGuid().ToString();
        var instances = Enumerable.Range(0, 16).Select(_ => NewInstance()).ToList();
        try
        {
            var taken = await Task.WhenAll(
                instances.Select(instance => Task.Run(() => instance.TakeLeaseAsync(name, Long, default))));

            taken.Should().ContainSingle(isTaken => isTaken);
            var again = await Task.WhenAll(
                instances.Select(instance => Task.Run(() => instance.TakeLeaseAsync(name, Long, default))));
            again.Should().Equal(taken);
        }
        finally
        {
            await Task.WhenAll(instances.Select(instance => instance.DisposeAsync().AsTask()));
        }
    }

    [PostgresFact]
    public async Task Given_back_another_has_it_at_once_and_only_the_holder_gives_it_back()
    {
        var name = Guid.NewGuid().ToString();
        var (one, other) = (service.Db, service.Second.Db);
        (await one.TakeLeaseAsync(name, Long, default)).Should().BeTrue();

        await other.GiveLeaseBackAsync(name, default);
        (await other.TakeLeaseAsync(name, Long, default)).Should().BeFalse();

        await one.GiveLeaseBackAsync(name, default);
        (await other.TakeLeaseAsync(name, Long, default)).Should().BeTrue();
        (await one.TakeLeaseAsync(name, Long, default)).Should().BeFalse();
    }

    [PostgresFact]
    public async Task The_lease_of_an_instance_that_has_died_ends()
    {
        var name = Guid.NewGuid().ToString();
        var dead = NewInstance();
        (await dead.TakeLeaseAsync(name, TimeSpan.FromSeconds(2), default)).Should().BeTrue();
        await dead.DisposeAsync();

        var refusals = 0;
        while (!await service.Db.TakeLeaseAsync(name, Long, default))
        {
            refusals++;
            await Task.Delay(20);
        }

        refusals.Should().BePositive("it had been given to another");
        (await service.Second.Db.TakeLeaseAsync(name, Long, default)).Should().BeFalse();
    }

    private ConnectionFactory NewInstance() => new(service.ConnectionString, TimeProvider.System);
}
