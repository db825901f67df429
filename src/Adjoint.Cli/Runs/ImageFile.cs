using Adjoint.Cli.Recipes;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Data;
using Adjoint.Formats;

namespace Adjoint.Cli.Runs;

/// <summary>Images that a user brings.</summary>
internal static class ImageFile
{
    /// <summary>Reads images as F32 [N, channels, height, width] from 0 to 1.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">It is neither CSV nor IDX, or its images have another size.</exception>
    /// <exception cref="DataException">A pixel is outside the data set's range.</exception>
    public static Tensor Read(string path, ImageData data)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"predict: --input must name a file, but {path.Quoted()} does not exist.");
        double[] pixels = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".csv.gz", StringComparison.OrdinalIgnoreCase) ? FromCsv(path, data) : FromIdx(path, data);
        long size = data.Image.Elements;
        int bad = Array.FindIndex(pixels, p => !(p >= 0 && p <= data.Brightest));
        if (bad >= 0) throw new DataException(FormattableString.Invariant($"predict: pixels must be from 0 to {data.Brightest}, but row {bad / size}, column {bad % size} of {path.Quoted()} is {pixels[bad]}."));
        return Tensor.From(Array.ConvertAll(pixels, p => (float)(p / data.Brightest)), data.Image.Insert(0, pixels.Length / size));
    }

    static double[] FromCsv(string path, ImageData data)
    {
        Tensor values = Csv.Read(path, new() { DType = DType.F64 }).Values;
        return values.Shape[1] == data.Image.Elements ? values.ToArray<double>()
            : throw new FormatException($"predict: every line must have the {data.Image.Elements} pixels of an image of {Kinds.NameOf(data)}, but {path.Quoted()} has {values.Shape[1]} columns.");
    }

    static double[] FromIdx(string path, ImageData data)
    {
        Tensor images = ReadIdx(path);
        Shape wanted = data.Image[0] == 1 ? data.Image.Without(0) : data.Image;
        bool fits = images.DType == DType.U8 && images.Rank == wanted.Rank + 1 && images.Shape.Without(0) == wanted;
        return fits ? Array.ConvertAll(images.ToArray<byte>(), p => (double)p)
            : throw new FormatException($"predict: images of {Kinds.NameOf(data)} must be U8 [N, {string.Join(", ", wanted)}], but {path.Quoted()} holds {images.DType} {images.Shape}.");
    }

    // A picture of another format earns the answer to what its owner wants to know.
    static Tensor ReadIdx(string path)
    {
        try
        {
            return Idx.Read(path);
        }
        catch (FormatException e)
        {
            throw new FormatException($"predict: images come in a CSV file (named .csv or .csv.gz) or in an IDX file, but {path.Quoted()} is neither: {e.Message}", e);
        }
    }
}
