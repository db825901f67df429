using System.Globalization;
using Adjoint.Training;

namespace Adjoint.Cli.Output;

/// <summary>How numbers read.</summary>
internal static class Readable
{
    public static string Percent(double? part) => part is { } p ? (p * 100).ToString("0.00", CultureInfo.InvariantCulture) + " %" : "-";

    public static string Loss(double loss) => loss.ToString("0.0000", CultureInfo.InvariantCulture);

    public static string Score(Score? score) => score is null ? "-" : $"loss {Loss(score.Loss)}, accuracy {Percent(score.Accuracy)}";

    /// <summary>Six digits; a zero has no sign.</summary>
    public static string Value(double value) => (value + 0.0).ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>A number between signs of multiplication and addition.</summary>
    public static string Factor(double value) => value < 0 ? $"({Value(value)})" : Value(value);

    public static string Rate(double rowsPerSecond) => rowsPerSecond.ToString("#,0", CultureInfo.InvariantCulture) + " samples/s";

    /// <summary>0:07, 12:30, 1:02:03.</summary>
    public static string Time(double seconds)
    {
        TimeSpan time = TimeSpan.FromSeconds(Math.Clamp(double.IsFinite(seconds) ? seconds : 0, 0, 1e8));
        return time.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time:mm\\:ss}") : time.ToString("m\\:ss", CultureInfo.InvariantCulture);
    }

    public static string Error(double error) => error == 0 ? "0" : error.ToString("0.0e+00", CultureInfo.InvariantCulture);
}
