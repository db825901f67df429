using Adjoint.Training;
using ScottPlot;

namespace Adjoint.Cli.Output;

/// <summary>Loss and accuracy over the epochs, side by side.</summary>
internal static class CurvesPicture
{
    const int Width = 1200, Height = 500;

    static readonly Color TrainColor = Color.FromHex("#1f77b4"), ValidationColor = Color.FromHex("#d95f02"), BestColor = Color.FromHex("#777777");

    /// <summary>Draws the picture and puts it where it belongs in one step.</summary>
    public static void Write(string path, string title, IReadOnlyList<EpochRecord> epochs)
    {
        EmbeddedFont.Use();
        var pair = new Multiplot();
        pair.AddPlots(2);
        pair.Layout = new ScottPlot.MultiplotLayouts.Columns();
        int best = epochs.Last(e => e.IsBest).Epoch;
        Draw(pair.GetPlot(0), $"{title}: loss", "loss", epochs, best, s => s.Loss, Alignment.UpperRight);
        Draw(pair.GetPlot(1), $"{title}: accuracy", "accuracy, %", epochs, best, s => s.Accuracy * 100, Alignment.LowerRight, highest: 101);
        byte[] png = pair.Render(Width, Height).GetImageBytes(ImageFormat.Png);
        Formats.AtomicFile.Write(path, stream => stream.Write(png));
    }

    static void Draw(Plot plot, string title, string axis, IReadOnlyList<EpochRecord> epochs, int best, Func<Score, double?> value, Alignment legend, double? highest = null)
    {
        plot.Title(title);
        plot.XLabel("epoch");
        plot.YLabel(axis);
        Line(plot, "training (while learning)", TrainColor, epochs, e => value(e.Train));
        Line(plot, "validation", ValidationColor, epochs, e => e.Validation is { } v ? value(v) : null);
        ScottPlot.Plottables.VerticalLine mark = plot.Add.VerticalLine(best, 1, BestColor, LinePattern.Dashed);
        mark.LegendText = $"best epoch ({best})";
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        plot.Axes.AutoScale();
        if (highest is { } top) plot.Axes.SetLimitsY(plot.Axes.GetLimits().Bottom, top);
        plot.ShowLegend(legend);
    }

    static void Line(Plot plot, string name, Color color, IEnumerable<EpochRecord> epochs, Func<EpochRecord, double?> value)
    {
        EpochRecord[] known = [.. epochs.Where(e => value(e) is not null)];
        if (known.Length == 0) return;
        ScottPlot.Plottables.Scatter line = plot.Add.Scatter(Array.ConvertAll(known, e => (double)e.Epoch), Array.ConvertAll(known, e => value(e)!.Value), color);
        line.LegendText = name;
        line.LineWidth = 2;
        line.MarkerSize = known.Length > 40 ? 0 : 5;
    }
}
