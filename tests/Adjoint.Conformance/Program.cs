using Adjoint;
using Adjoint.Conformance;
using Adjoint.Formats;

const string Usage = """
    Runs the cases of a golden file: values, gradients, curvatures, optimizers, schedules.

    usage: Adjoint.Conformance FILE.safetensors [--dtype f64|f32] [--only TEXT]

      --dtype   the type the inputs are converted to (default f64: within 1e-9; f32: within 2e-4)
      --only    run only the cases whose name contains TEXT

    Ends with "N passed, N failed, N skipped"; skipped cases use an operation that is not built yet.
    Exit status: 0 none failed, 1 some failed, 2 wrong usage.
    """;

string? path = null, only = null;
DType dtype = DType.F64;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--help" or "-h":
            Console.WriteLine(Usage);
            return 0;
        case "--dtype" when i + 1 < args.Length && args[i + 1].ToLowerInvariant() is "f64" or "f32":
            dtype = args[++i].Equals("f64", StringComparison.OrdinalIgnoreCase) ? DType.F64 : DType.F32;
            break;
        case "--only" when i + 1 < args.Length:
            only = args[++i];
            break;
        case var other when !other.StartsWith('-') && path is null:
            path = other;
            break;
        default:
            Console.Error.WriteLine($"conformance: '{args[i]}' is not understood.\n\n{Usage}");
            return 2;
    }
}

if (path is null)
{
    Console.Error.WriteLine(Usage);
    return 2;
}

try
{
    using SafetensorsFile file = Safetensors.Read(path);
    var runner = new Runner(file, dtype);
    foreach (Case @case in Case.In(file).Where(c => only is null || c.Name.Contains(only, StringComparison.OrdinalIgnoreCase))) runner.Run(@case);
    foreach (string failure in runner.Failures) Console.WriteLine($"FAIL {failure}");
    foreach (string skip in runner.Skips) Console.WriteLine($"skip {skip}");
    Console.WriteLine($"{runner.Passed} passed, {runner.Failures.Count} failed, {runner.Skips.Count} skipped");
    return runner.Failures.Count == 0 ? 0 : 1;
}
catch (IOException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
