using Adjoint.Data;

namespace Adjoint.Cli.Output;

/// <summary>A line when a download begins.</summary>
internal sealed class DownloadLines(Screen screen) : IProgress<DownloadProgress>
{
    string? _file;

    public void Report(DownloadProgress value)
    {
        if (value.File == _file) return;
        _file = value.File;
        screen.Line($"fetching {value.File}{(value.Total is { } bytes ? $" ({bytes / 1e6:0.0} MB)" : "")}");
    }
}
