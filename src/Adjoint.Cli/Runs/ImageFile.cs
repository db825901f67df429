using Adjoint.Cli.Recipes;
using Adjoint.Data;
using Adjoint.Formats;

namespace Adjoint.Cli.Runs;

/// <summary>Images that a user brings.</summary>
internal static class ImageFile
{
    /// <summary>Reads images as F32 [N, 1, side, side] from 0 to 1.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">It is neither CSV nor IDX, or its images have another size.</exception>
    /// <exception cref="DataException">A pixel is outside the data set's range.</exception>
    public static Tensor Read(string path, Recipe recipe)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"predict: --input must name a file, but {path.Quoted()} does not exist.");
        double[] pixels = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".csv.gz", StringComparison.OrdinalIgnoreCase) ? FromCsv(path, recipe) : FromIdx(path, recipe);
        int size = recipe.Side * recipe.Side;
        int bad = Array.FindIndex(pixels, p => !(p >= 0 && p <= recipe.Brightest));
        if (bad >= 0) throw new DataException(FormattableString.Invariant($"predict: pixels must be from 0 to {recipe.Brightest}, but row {bad / size}, column {bad % size} of {path.Quoted()} is {pixels[bad]}."));
        return Tensor.From(Array.ConvertAll(pixels, p => (float)(p / recipe.Brightest)), [pixels.Length / size, 1, recipe.Side, recipe.Side]);
    }

    static double[] FromCsv(string path, Recipe recipe)
    {
        Tensor values = Csv.Read(path, new() { DType = DType.F64 }).Values;
        int size = recipe.Side * recipe.Side;
        return values.Shape[1] == size ? values.ToArray<double>()
            : throw new FormatException($"predict: every line must have the {size} pixels of an image of {recipe.Name}, but {path.Quoted()} has {values.Shape[1]} columns.");
    }

    static double[] FromIdx(string path, Recipe recipe)
    {
        Tensor images = ReadIdx(path);
        bool fits = images.DType == DType.U8 && images.Rank == 3 && images.Shape[1] == recipe.Side && images.Shape[2] == recipe.Side;
        return fits ? Array.ConvertAll(images.ToArray<byte>(), p => (double)p)
            : throw new FormatException($"predict: images of {recipe.Name} must be U8 [N, {recipe.Side}, {recipe.Side}], but {path.Quoted()} holds {images.DType} {images.Shape}.");
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
