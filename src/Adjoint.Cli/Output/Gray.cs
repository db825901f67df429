using System.Text;

namespace Adjoint.Cli.Output;

/// <summary>An image as text.</summary>
internal static class Gray
{
    // From dark to bright, for light letters on a dark ground; two letters a pixel make it about square.
    const string Shades = " .:-=+*#%@";

    /// <summary>Lines of a square image whose pixels go from 0 to 1.</summary>
    public static IEnumerable<string> Lines(ReadOnlySpan<float> pixels, int side)
    {
        var lines = new List<string>();
        for (int row = 0; row < side; row++)
        {
            var line = new StringBuilder();
            foreach (float pixel in pixels.Slice(row * side, side))
                line.Append(Shades[Math.Clamp((int)(pixel * Shades.Length), 0, Shades.Length - 1)], 2);
            lines.Add(line.ToString().TrimEnd());
        }

        return lines;
    }
}
