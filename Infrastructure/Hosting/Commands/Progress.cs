using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace WorkspaceService.Infrastructure.Hosting.Commands;

/// <summary>
/// How far long work is: bars on a terminal, and lines where output goes elsewhere, one for each step that ends and one
/// every few seconds for a step that takes longer.
/// </summary>
internal sealed class Progress
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly TextWriter _lines;
    private readonly ProgressContext? _bars;

    private Progress(TextWriter lines, ProgressContext? bars) => (_lines, _bars) = (lines, bars);

    /// <param name="lines">Where lines go.</param>
    public static async Task<int> RunAsync(TextWriter lines, Func<Progress, Task<int>> work) =>
        Console.IsOutputRedirected || Console.IsErrorRedirected
            ? await work(new Progress(lines, bars: null))
            : await AnsiConsole.Progress()
                .Columns(
                    new TaskDescriptionColumn { Alignment = Justify.Left },
                    new ProgressBarColumn(),
                    new PercentageColumn(),
                    new ElapsedTimeColumn())
                .StartAsync(bars => work(new Progress(lines, bars)));

    /// <summary>Writes a line of its own, beside the progress, to standard output.</summary>
    public void Say(string line) => Say(Console.Out, line);

    /// <summary>Begins a step; end it by disposing it.</summary>
    /// <param name="total">How much there is to do, of what <paramref name="unit"/> says; 0 is all done.</param>
    public Step Begin(string name, long total, string unit) => new(this, name, total, unit);

    private void Say(TextWriter writer, string line)
    {
        if (_bars is null)
        {
            writer.WriteLine(line);
        }
        else
        {
            AnsiConsole.Console.WriteLine(line);
        }
    }

    public sealed class Step : IDisposable
    {
        private readonly Progress _progress;
        private readonly string _name;
        private readonly string _unit;
        private readonly ProgressTask? _bar;
        private long _said = Stopwatch.GetTimestamp();
        private long _total;
        private long _done;

        internal Step(Progress progress, string name, long total, string unit)
        {
            (_progress, _name, _total, _unit) = (progress, name, total, unit);
            _bar = progress._bars?.AddTask(Markup.Escape(name), autoStart: true, maxValue: Math.Max(1, total));
        }

        public void Advance() => Report(_done + 1, _total);

        /// <summary>For work that says itself how much of it is done.</summary>
        public void Report(long done, long total)
        {
            (_done, _total) = (done, total);
            if ((done & 0xff) != 0 && total > 0xff && done != total)
            {
                return;
            }

            if (_bar is not null)
            {
                (_bar.MaxValue, _bar.Value) = (Math.Max(1, total), done);
            }
            else if (Stopwatch.GetElapsedTime(_said) > Pause && done != total)
            {
                Say("");
            }
        }

        /// <summary>The step has succeeded.</summary>
        /// <param name="result">What came of it, for the line.</param>
        public void Complete(string result = "")
        {
            if (_bar is not null)
            {
                _bar.Value = _bar.MaxValue;
            }
            else
            {
                Say(result);
            }
        }

        public void Dispose() => _bar?.StopTask();

        private void Say(string result)
        {
            _said = Stopwatch.GetTimestamp();
            _progress.Say(_progress._lines, string.Create(
                CultureInfo.InvariantCulture, $"{_name}: {_done} of {_total} {_unit}{result}"));
        }
    }
}
