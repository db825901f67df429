using ScottPlot;
using SkiaSharp;

namespace Adjoint.Cli.Output;

/// <summary>The font that the tool carries: a picture needs none of the machine's, and looks the same everywhere.</summary>
internal sealed class EmbeddedFont : IFontResolver
{
    const string Family = "DejaVu Sans";

    static readonly Lazy<bool> Installed = new(Install);

    /// <summary>Makes all pictures use it.</summary>
    public static void Use() => _ = Installed.Value;

    public SKTypeface CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing)
    {
        using Stream file = typeof(EmbeddedFont).Assembly.GetManifestResourceStream("DejaVuSans-Ascii.ttf")!;
        return SKTypeface.FromStream(file);
    }

    public SKTypeface CreateTypeface(string fontName, bool bold, bool italic) => CreateTypeface(fontName, FontWeight.Normal, FontSlant.Upright, FontSpacing.Normal);

    static bool Install()
    {
        Fonts.FontResolvers.Clear();
        Fonts.FontResolvers.Add(new EmbeddedFont());
        Fonts.Default = Family;
        return true;
    }
}
