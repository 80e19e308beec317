namespace WorkspaceService;

/// <summary>
/// Test classes that share a service and its database, one class after another: those of a resource, or those with a
/// need in common. Their tests work in tenants of their own. A class which needs an empty database, certain numbers,
/// settings of its own, or all rows of the database to be right takes a service for itself
/// (<see cref="IClassFixture{TFixture}"/>); one which sets the clock forward joins a collection that says so.
/// </summary>
public static class Collections
{
    [CollectionDefinition("Access")]
    public sealed class Access : ICollectionFixture<ServiceFixture>;

    /// <summary>These measure the process, in which nothing else runs meanwhile.</summary>
    [CollectionDefinition("Alone", DisableParallelization = true)]
    public sealed class Alone;

    [CollectionDefinition("ApiKeys")]
    public sealed class ApiKeys : ICollectionFixture<ServiceFixture>;

    /// <summary>These look at the demo's pages in a browser, one class after the other.</summary>
    [CollectionDefinition("Browser")]
    public sealed class Browser : ICollectionFixture<BrowserFixture>;

    /// <summary>The clock of these is only ever set forward, and runs ahead of the real one.</summary>
    [CollectionDefinition("Clock")]
    public sealed class Clock : ICollectionFixture<ServiceFixture>;

    /// <summary>These make database servers of their own, one class after the other.</summary>
    [CollectionDefinition("Clusters")]
    public sealed class Clusters;

    [CollectionDefinition("Database")]
    public sealed class Database : ICollectionFixture<ServiceFixture>;

    /// <summary>These leave what the demo loaded as it is.</summary>
    [CollectionDefinition("Demo")]
    public sealed class Demo : ICollectionFixture<DemoFixture>;

    [CollectionDefinition("Domain")]
    public sealed class Domain : ICollectionFixture<ServiceFixture>;

    /// <summary>These take services for themselves, one history after the other.</summary>
    [CollectionDefinition("Histories")]
    public sealed class Histories;

    [CollectionDefinition("Integrations")]
    public sealed class Integrations : ICollectionFixture<ServiceFixture>;

    /// <summary>The clock is set forward in these too, by minutes: invitations expire.</summary>
    [CollectionDefinition("Invitations")]
    public sealed class Invitations : ICollectionFixture<ServiceFixture>;

    [CollectionDefinition("JoinRequests")]
    public sealed class JoinRequests : ICollectionFixture<ServiceFixture>;

    [CollectionDefinition("Members")]
    public sealed class Members : ICollectionFixture<ServiceFixture>;

    /// <summary>The clock is set forward in these too, by seconds.</summary>
    [CollectionDefinition("Metering")]
    public sealed class Metering : ICollectionFixture<ServiceFixture>;

    [CollectionDefinition("Operation")]
    public sealed class Operation : ICollectionFixture<ServiceFixture>;

    [CollectionDefinition("Organizations")]
    public sealed class Organizations : ICollectionFixture<ServiceFixture>;

    [CollectionDefinition("Security")]
    public sealed class Security : ICollectionFixture<ServiceFixture>;

    [CollectionDefinition("ServiceLines")]
    public sealed class ServiceLines : ICollectionFixture<ServiceFixture>;

    [CollectionDefinition("Surfaces")]
    public sealed class Surfaces : ICollectionFixture<ServiceFixture>;

    [CollectionDefinition("Users")]
    public sealed class Users : ICollectionFixture<ServiceFixture>;

    /// <summary>The clock is set forward in these too, by days: what has failed is tried again.</summary>
    [CollectionDefinition("Webhooks")]
    public sealed class Webhooks : ICollectionFixture<WebhookFixture>;

    [CollectionDefinition("Workspaces")]
    public sealed class Workspaces : ICollectionFixture<ServiceFixture>;
}
