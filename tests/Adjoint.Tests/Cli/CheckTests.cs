using System.Text.Json.Nodes;
using Adjoint.Cli.Runs;
using Adjoint.Ops;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>The check command, and what it makes of an operation that is wrong.</summary>
public sealed class CheckTests
{
    [Fact]
    public async Task Correct_operations_pass_and_the_machine_is_named()
    {
        using var folder = new TemporaryFolder();
        ToolRun run = await ToolRun.Of(["check", "--only", "relu6", "--json", folder.File("check.json")], TestContext.Current.CancellationToken);
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.Contains("-bit vectors; ", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 operations, ", run.Output, StringComparison.Ordinal);
        JsonNode record = JsonNode.Parse(await File.ReadAllTextAsync(folder.File("check.json"), TestContext.Current.CancellationToken))!;
        Assert.True((bool)record["operations"]![0]!["passed"]!);
        Assert.Equal("relu6", (string)record["operations"]![0]!["name"]!);
    }

    [Fact]
    public void A_wrong_operation_fails_with_its_errors()
    {
        var x = new Generator(1).Normal([3], dtype: DType.F64);
        OperationResult wrong = OperationResult.Of("off", [new(new Off(), x)]);
        Assert.False(wrong.Passed);
        Assert.StartsWith("Off", Assert.Single(wrong.Failures), StringComparison.Ordinal);
        Assert.Contains("errors must be within their tolerances, but F64 is 1.", wrong.Failures[0], StringComparison.Ordinal);
        OperationResult thrown = OperationResult.Of("off", [new(new Off(), x, x)]);
        Assert.Contains("ShapeException: off: takes one input.", Assert.Single(thrown.Failures), StringComparison.Ordinal);
    }

    // Computes nothing, claims to copy.
    sealed record Off : Op
    {
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            if (inputs.Length != 1) throw new ShapeException("off: takes one input.");
            outputs[0] = new(inputs[0].Shape, inputs[0].DType);
        }

        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) => outputs[0].Fill(0);

        protected internal override Tensor? Vjp(Cotangents dy, int input) => dy.Gradient;

        public override Plain[] Reference(Plain[] inputs) => [inputs[0]];
    }
}
