namespace Adjoint.Tests.Docs;

/// <summary>Which table a member belongs to: that of the file or folder that declares it.</summary>
static class PhraseGroups
{
    // The longest beginning of a file's path decides.
    static readonly (string Title, string[] Places)[] Groups =
    [
        ("Creation, types and access", ["Tensors/", "Kernels/DType.cs"]),
        ("Elementwise", ["Ops/Elementwise/"]),
        ("Reductions", ["Ops/Reductions/"]),
        ("Linear algebra", ["Ops/Linear/"]),
        ("Shape", ["Ops/Views/"]),
        ("Indexing", ["Ops/Indexing/", "Tensors/Tensor.Indexing.cs", "Tensors/TensorIndex.cs"]),
        ("Sorting", ["Ops/Sorting/"]),
        ("Convolution, pooling and interpolation", ["Ops/Convolution/", "Ops/Pooling/", "Ops/Interpolation/"]),
        ("Softmax and normalisation", ["Ops/Normalization/"]),
        ("Attention", ["Ops/Attention/"]),
        ("Recurrent", ["Ops/Recurrent/"]),
        ("Losses", ["Ops/Losses/"]),
        ("Random numbers", ["Tensors/Generator.cs", "Ops/Random/"]),
        ("Modules", ["Nn/"]),
        ("Layers", ["Nn/Layers/"]),
        ("Initialisation", ["Nn/Init/"]),
        ("Optimizers", ["Optim/"]),
        ("Learning-rate schedules", ["Optim/Schedules/"]),
        ("Data", ["Data/"]),
        ("Saving and loading", ["Training/", "Formats/"]),
        ("Autograd", ["Autograd/", "Tensors/Scope.cs"]),
        ("Profiling", ["Profiling/", "Explaining/"]),
        ("Function transforms", ["Autograd/Transforms/", "Nn/FunctionalCall.cs"]),
    ];

    public static IEnumerable<string> InOrder => Groups.Select(g => g.Title);

    /// <summary>The title of a file's group.</summary>
    public static string Of(string file) =>
        Groups.SelectMany(g => g.Places.Select(p => (g.Title, Place: p)))
            .Where(g => file.StartsWith($"src/Adjoint/{g.Place}", StringComparison.Ordinal))
            .OrderByDescending(g => g.Place.Length)
            .Select(g => g.Title)
            .FirstOrDefault() ?? throw new InvalidOperationException($"phrase book: a member stands in a folder that has a table, but {file} is in none. Hint: add it to PhraseGroups.");
}
