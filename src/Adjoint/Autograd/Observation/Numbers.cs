using System.Globalization;
using Adjoint.Kernels;

namespace Adjoint;

/// <summary>A tensor's numbers in a few words: how many are not finite, and the range and mean of those that are.</summary>
internal static class Numbers
{
    /// <summary>Which kinds of numbers that are not finite a tensor holds.</summary>
    public static unsafe NonFiniteKinds Find(Tensor tensor)
    {
        if (!tensor.DType.IsFloat) return NonFiniteKinds.None;
        if (!tensor.IsContiguous)
        {
            using var quiet = new Quiet();
            return Find(tensor.Alias().Copy());
        }

        NonFiniteKinds found = NonFinite.Find(tensor.Data, tensor.Elements, tensor.DType);
        GC.KeepAlive(tensor);
        return found;
    }

    /// <summary><c>[2, 3] has 1 NaN of 6 elements, the others from 0 to 2 with mean 1.25</c>.</summary>
    public static string Describe(Tensor tensor)
    {
        double[] values;
        using (new Quiet()) values = tensor.Alias().To(DType.F64).ToArray<double>();
        string shape = tensor.Shape.ToString();
        if (values.Length == 1) return Invariant($"{shape} is {Text(values[0])}");
        double[] finite = [.. values.Where(double.IsFinite)];
        string range = finite.Length == 0 ? "" : finite.Min() == finite.Max() ? $"all {Text(finite[0])}" : $"from {Text(finite.Min())} to {Text(finite.Max())} with mean {Text(finite.Average())}";
        if (finite.Length == values.Length) return values.Length == 0 ? $"{shape} is empty" : $"{shape} is {range}";
        (string Name, int Count)[] kinds = [("NaN", values.Count(double.IsNaN)), ("Inf", values.Count(double.IsPositiveInfinity)), ("-Inf", values.Count(double.IsNegativeInfinity))];
        string counts = string.Join(" and ", kinds.Where(k => k.Count > 0).Select(k => Invariant($"{k.Count} {k.Name}")));
        return Invariant($"{shape} has {counts} of {values.Length} elements{(finite.Length == 0 ? "" : $", the others {range}")}");
    }

    /// <summary><c>parameter 'Body.2.Weight'</c>, <c>'x'</c>, or nothing.</summary>
    public static string Called(Tensor tensor)
    {
        string role = tensor.IsParameter ? "parameter" : tensor.IsBuffer ? "buffer" : "";
        string name = tensor.Name is { } known ? $"'{known}'" : "";
        return role.Length > 0 && name.Length > 0 ? $"{role} {name}" : role + name;
    }

    /// <summary>A double in six digits; −0 is 0.</summary>
    public static string Text(double value) => double.IsPositiveInfinity(value) ? "Inf" : double.IsNegativeInfinity(value) ? "-Inf" : (value + 0.0).ToString("G6", CultureInfo.InvariantCulture);

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
