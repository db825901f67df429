using Adjoint.Cli.Runs;
using Adjoint.Data;
using Adjoint.Formats;
using Adjoint.Nn;

namespace Adjoint.Cli.Explaining;

/// <summary>How a model without a description of its own is to be run.</summary>
/// <param name="Activation">Makes what stands between two layers.</param>
/// <param name="Last">Makes what stands after the last.</param>
/// <param name="IsCrossEntropy">Whether targets are classes rather than numbers.</param>
internal sealed record Setting(Func<Layer?> Activation, Func<Layer?> Last, bool IsCrossEntropy);

/// <summary>A saved model as a lesson.</summary>
internal static class SavedLesson
{
    /// <summary>Reads a run's folder, its model file, or any file with the weights of a multilayer perceptron.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">The file is no model that can be explained.</exception>
    /// <exception cref="GraphException">The model is too large.</exception>
    /// <exception cref="UsageException">Input or target do not fit the model.</exception>
    public static Lesson Load(string path, string? input, string? target, Setting setting, long most)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, "model.safetensors") : path;
        if (!File.Exists(file)) throw new FileNotFoundException($"explain: a run's folder or a model file must be named, but {file.Quoted()} does not exist. Hint: adjoint explain without a name shows a built-in example.");
        using SafetensorsFile open = Safetensors.Read(file);
        // Before anything is read, and before an input is asked for.
        long size = open.Names.Sum(n => open.Spec(n).Shape.Elements);
        if (size > most)
            throw new GraphException(FormattableString.Invariant($"explain: a model must have at most {most:#,0} numbers to be explained one by one, but {file.Quoted()} has {size:#,0}. Hint: --most raises the limit; pages and tables then show beginnings."));
        if (input is null || target is null)
            throw new UsageException($"explain: a model needs an input and a target to have a gradient, but {(input is null ? "--input" : "--target")} is missing.");
        return open.Metadata.ContainsKey("recipe") ? OfRecipe(file, input, target) : OfWeights(open, file, input, target, setting);
    }

    static Lesson OfRecipe(string file, string input, string target)
    {
        SavedModel saved = SavedModel.Load(file, "explain");
        int side = saved.Recipe.Side;
        Tensor pixels = NumberRows.Read("--input", input, side * side);
        Tensor labels = NumberRows.Labels("--target", target, pixels.Shape[0], saved.Recipe.Classes.Count);
        Tensor images = (pixels / saved.Recipe.Brightest).Reshape(pixels.Shape[0], 1, side, side).To(DType.F32);
        Tensor normal = saved.Normalize.Apply(new(images, labels), null).Inputs.To(DType.F64);
        saved.Model.To(DType.F64);
        return new($"the model of {saved.Recipe.Name} in {file}", saved.Model, normal, labels, CrossEntropy, (y, t) => y.CrossEntropy(t));
    }

    static Lesson OfWeights(SafetensorsFile open, string file, string input, string target, Setting setting)
    {
        WeightsNetwork network = WeightsFile.Load(open, file, setting.Activation, setting.Last);
        Tensor x = NumberRows.Read("--input", input, network.Inputs);
        string title = $"the network {network.Sizes} of {Path.GetFileName(file)}";
        if (setting.IsCrossEntropy)
            return new(title, network, x, NumberRows.Labels("--target", target, x.Shape[0], network.Outputs), CrossEntropy, (y, t) => y.CrossEntropy(t));
        Tensor t = NumberRows.Read("--target", target, network.Outputs);
        if (t.Shape[0] != x.Shape[0]) throw new UsageException($"explain: input and target must have as many rows as each other, but the input has {x.Shape[0]} and the target {t.Shape[0]}.");
        return new(title, network, x, t, "the mean of squared errors", (y, wanted) => y.MseLoss(wanted));
    }

    const string CrossEntropy = "cross entropy, the mean over rows";
}
