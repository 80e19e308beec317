using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace WorkspaceService.Reliability;

/// <summary>The clock of the process that it is in, which a file sets forward or back at any time.</summary>
/// <param name="offset">The file: a time span such as <c>-01:00:00</c>, which is added to the real time.</param>
internal sealed class SetClock(string offset) : TimeProvider
{
    /// <summary>Names the file.</summary>
    public const string Variable = "FAULT_CLOCK";

    /// <summary>Sets the clock of the process that reads the file.</summary>
    public static void To(string offset, TimeSpan by)
    {
        File.WriteAllText($"{offset}.new", by.ToString("c", CultureInfo.InvariantCulture));
        File.Move($"{offset}.new", offset, overwrite: true);
    }

    public override DateTimeOffset GetUtcNow() =>
        base.GetUtcNow() + TimeSpan.Parse(File.ReadAllText(offset), CultureInfo.InvariantCulture);

    /// <summary>Puts it in the place of the real clock when the host is built.</summary>
    public static void Prepare(string offset) =>
        DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(listener =>
        {
            if (listener.Name == "Microsoft.Extensions.Hosting")
            {
                listener.Subscribe(new Observer<KeyValuePair<string, object?>>(told =>
                {
                    if (told is { Key: "HostBuilding", Value: IHostBuilder host })
                    {
                        host.ConfigureServices(services => services.AddSingleton<TimeProvider>(new SetClock(offset)));
                    }
                }));
            }
        }));

    private sealed class Observer<T>(Action<T> onNext) : IObserver<T>
    {
        public void OnNext(T value) => onNext(value);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
