using Adjoint.Cli.Recipes;
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
        if (saved.Recipe.Data.Task == TaskKind.Tokens) throw new UsageException($"explain: a model must take numbers to be explained with a row of them, but that of {file.Quoted()} goes on with a text.");
        Tensor rows = NumberRows.Read("--input", input, saved.Facts.Input.Elements);
        long count = rows.Shape[0];
        if (saved.Recipe.Data is ImageData { Brightest: var brightest }) rows /= brightest;
        Tensor numbers = rows.Reshape([count, .. saved.Facts.Input]).To(DType.F32);
        Tensor ready = (saved.Normalize?.Apply(new(numbers, Tensor.Zeros([count], DType.I64)), null).Inputs ?? numbers).To(DType.F64);
        saved.Model.To(DType.F64);
        string title = $"the model of {saved.Recipe.Name} in {file}";
        return saved.Recipe.Data.Task == TaskKind.Classes
            ? new(title, saved.Model, ready, NumberRows.Labels("--target", target, count, saved.Facts.Names.Count), CrossEntropy, (y, t) => y.CrossEntropy(t))
            : new(title, saved.Model, ready, Targets(target, count, saved.Facts.Names.Count), SquaredErrors, (y, t) => y.MseLoss(t));
    }

    static Lesson OfWeights(SafetensorsFile open, string file, string input, string target, Setting setting)
    {
        WeightsNetwork network = WeightsFile.Load(open, file, setting.Activation, setting.Last);
        Tensor x = NumberRows.Read("--input", input, network.Inputs);
        string title = $"the network {network.Sizes} of {Path.GetFileName(file)}";
        if (setting.IsCrossEntropy)
            return new(title, network, x, NumberRows.Labels("--target", target, x.Shape[0], network.Outputs), CrossEntropy, (y, t) => y.CrossEntropy(t));
        return new(title, network, x, Targets(target, x.Shape[0], network.Outputs), SquaredErrors, (y, t) => y.MseLoss(t));
    }

    static Tensor Targets(string target, long rows, long columns)
    {
        Tensor t = NumberRows.Read("--target", target, columns);
        return t.Shape[0] == rows ? t : throw new UsageException($"explain: input and target must have as many rows as each other, but the input has {rows} and the target {t.Shape[0]}.");
    }

    const string CrossEntropy = "cross entropy, the mean over rows", SquaredErrors = "the mean of squared errors";
}
