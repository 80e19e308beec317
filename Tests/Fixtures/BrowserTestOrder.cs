using Xunit.Abstractions;
using Xunit.Sdk;

namespace WorkspaceService;

/// <summary>Tests that count what the others of a class have done, whose names begin with Every, come last.</summary>
public sealed class BrowserTestOrder : ITestCaseOrderer
{
    internal const string Name = "WorkspaceService." + nameof(BrowserTestOrder);
    internal const string Assembly = "WorkspaceService.Tests";

    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase =>
        testCases.OrderBy(test => test.TestMethod.Method.Name.StartsWith("Every_", StringComparison.Ordinal));
}
