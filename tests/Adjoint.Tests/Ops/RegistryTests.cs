using Adjoint.Ops;
using Xunit;

namespace Adjoint.Tests.Ops;

/// <summary>What every operation must do, present and future: each sample of the registry goes through each test.</summary>
public class RegistryTests
{
    static readonly Sample[] All = [.. Registry.Samples()];

    public static TheoryData<int> Samples => [.. Enumerable.Range(0, All.Length)];

    public static TheoryData<Misuse> Misuses => [.. Registry.Misuses()];

    [Theory, MemberData(nameof(Samples), DisableDiscoveryEnumeration = true)]
    public void Values_and_gradients_agree_with_the_reference(int sample)
    {
        OperationCheck check = OperationCheck.Run(All[sample]);
        Assert.True(check.Passed, check.ToString());
    }

    [Theory, MemberData(nameof(Samples), DisableDiscoveryEnumeration = true)]
    public void Strided_inputs_give_the_same_values(int sample)
    {
        Sample s = All[sample];
        Plain[] expected = [.. s.Op.ApplyAll(s.Inputs).Select(Plain.From)];
        Tensor[] strided = [.. s.Inputs.Select(Spread)];
        double error = OperationCheck.Error(s.Op.ApplyAll(strided), expected);
        Assert.True(error <= OperationCheck.ValueTolerance, $"{s}: {error}");
    }

    [Theory, MemberData(nameof(Samples), DisableDiscoveryEnumeration = true)]
    public void Half_types_compute_in_single_precision_and_round_once(int sample)
    {
        Sample s = All[sample];
        foreach ((DType dtype, double precision) in new[] { (DType.BF16, 1.0 / 128), (DType.F16, 1.0 / 1024) })
        {
            Tensor[] halves = [.. s.Inputs.Select(x => x.DType == DType.F64 ? x.To(dtype) : x)];
            if (!halves.Any(x => x.DType == dtype)) continue;
            Tensor[] outputs = s.Op.ApplyAll(halves);
            Plain[] expected = s.Op.Reference([.. halves.Select(Plain.From)]);
            double error = OperationCheck.Error(outputs, expected);
            Assert.True(error <= Math.Max(precision, s.Tolerance), $"{s} in {dtype}: {error}");
        }
    }

    [Theory, MemberData(nameof(Samples), DisableDiscoveryEnumeration = true)]
    public void Inputs_stay_as_they_are_and_nothing_is_written_outside_the_outputs(int sample)
    {
        Sample s = All[sample];
        if (s.Op is ViewOp) return;
        const int Guard = 64;
        Plain[] before = [.. s.Inputs.Select(Plain.From)];
        Spec[] specs = new Spec[s.Op.OutputCount];
        s.Op.Infer(s.Inputs, specs);
        Tensor[] blocks = [.. specs.Select(spec => Tensor.Full([spec.Shape.Elements + (2 * Guard)], 77, spec.DType == DType.Bool ? DType.U8 : spec.DType))];
        Tensor[] outputs = [.. specs.Zip(blocks).Select(p => new Tensor(p.Second.Storage.Retain(), Guard, p.First.Shape, p.First.Shape.Strides, p.First.DType))];
        s.Op.Run(s.Inputs, outputs);
        foreach (Tensor block in blocks)
        {
            double[] values = Plain.From(block).Values;
            Assert.All(values[..Guard], v => Assert.Equal(77, v));
            Assert.All(values[^Guard..], v => Assert.Equal(77, v));
        }

        for (int i = 0; i < before.Length; i++) Assert.Equal(before[i].Values, Plain.From(s.Inputs[i]).Values);
        GC.KeepAlive(blocks);
    }

    [Theory, MemberData(nameof(Samples), DisableDiscoveryEnumeration = true)]
    public void Only_declared_values_are_saved(int sample)
    {
        Sample s = All[sample];
        Tensor[] inputs = [.. s.Inputs.Select((x, i) => s.IsDifferentiable(i) ? x.Copy().AsParameter() : x)];
        Tensor[] outputs = s.Op.ApplyAll(inputs);
        if (outputs.FirstOrDefault(y => y.Producer is not null)?.Producer is not { } node) return;
        Saves saves = Saves.Nothing;
        for (int i = 0; i < inputs.Length; i++) if (inputs[i].RequiresGrad) saves |= s.Op.Needs(i);
        long bytes = inputs.Select((x, i) => saves.HasInput(i) ? x.Elements * x.DType.Bytes : 0).Sum()
            + node.Outputs.Select((y, i) => saves.HasOutput(i) ? y.Shape.Elements * y.DType.Bytes : 0).Sum();
        Assert.Equal(bytes, node.SavedBytes);
    }

    [Theory, MemberData(nameof(Misuses), DisableDiscoveryEnumeration = true)]
    public void Misuse_is_told_plainly(Misuse misuse)
    {
        Exception? thrown = Record.Exception(misuse.Use);
        Assert.NotNull(thrown);
        Assert.IsType(misuse.Exception, thrown);
        Assert.Equal(misuse.Message, thrown.Message);
    }

    [Fact]
    public void Every_operation_shows_samples_that_cover_its_inputs()
    {
        Type[] silent = [.. Registry.Operations().Where(t => !t.IsAssignableTo(typeof(ISampled)) && t != typeof(Map))];
        Assert.Empty(silent);
        ILookup<Type, Sample> samples = All.ToLookup(s => s.Op.GetType());
        Assert.All(Registry.Operations().Where(t => t != typeof(Map)), t => Assert.NotEmpty(samples[t]));
    }

    /// <summary>The same values as every second element, in reverse-ordered axes, of a larger tensor full of NaN.</summary>
    static Tensor Spread(Tensor x)
    {
        if (x.Rank == 0) return x;
        long[] sizes = [.. x.Shape.Reverse().Select(s => 2 * s)];
        Tensor large = Tensor.Full(Shape.Create(sizes), x.DType.IsFloat ? double.NaN : 99, x.DType);
        long[] strides = [.. large.Shape.Strides.Reverse().Select(s => 2 * s)];
        Tensor view = large.ViewAs(x.Shape, strides, 0);
        view.CopyFrom(x);
        return view;
    }
}
