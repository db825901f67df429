using Adjoint.Models;
using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Models;

/// <summary>Documents in one row score what they score alone, and pass on the same gradients.</summary>
public class PackedDocumentsTests
{
    static readonly int[] Lengths = [3, 1, 5, 2];

    static Layer Make(string kind) => kind == "gpt"
        ? new Gpt(new() { Vocabulary = 11, Context = 12, Width = 16, Layers = 2, Heads = 2 }, new(7), DType.F64)
        : new Llama(new() { Vocabulary = 11, Context = 12, Width = 16, Layers = 2, Heads = 4, KeyValueHeads = 2, FeedForward = 24, Window = kind == "llama" ? null : 2 }, new(7), DType.F64);

    static Tensor Call(Layer model, Tensor ids, Tensor documents) => model is Gpt gpt ? gpt.Call(ids, documents) : ((Llama)model).Call(ids, documents);

    [Theory, InlineData("gpt"), InlineData("llama"), InlineData("llama window")]
    public void Documents_in_a_row_score_what_they_score_alone(string kind)
    {
        Layer model = Make(kind);
        var random = new Generator(3);
        foreach (Tensor parameter in model.Parameters()) using (NoGrad.Scope()) parameter.CopyFrom(random.Normal(parameter.Shape, 0, 0.4, DType.F64));
        Tensor ids = new Generator(1).Integers([2, Lengths.Sum()], 0, 11);
        // Numbers need not ascend.
        Tensor documents = Tensor.From([.. Lengths.SelectMany((length, i) => Enumerable.Repeat((long)(9 - i), length))]);

        Tensor packed = Call(model, ids, documents);
        packed.Square().Sum().Backward();
        double[][] gradients = [.. model.Parameters().Select(p => p.Grad!.ToArray<double>())];
        model.ZeroGrad();
        List<Tensor> alone = [];
        for (int i = 0, start = 0; i < Lengths.Length; start += Lengths[i++]) alone.Add(model.Call(ids.Slice(1, start, start + Lengths[i])));
        Tensor joined = Tensor.Cat([.. alone], 1);
        joined.Square().Sum().Backward();

        Assert.All(joined.Detach().ToArray<double>().Zip(packed.Detach().ToArray<double>()), p => Assert.Equal(p.First, p.Second, 1e-11));
        Assert.All(gradients.Zip(model.Parameters()), g => Assert.All(g.First.Zip(g.Second.Grad!.ToArray<double>()), p => Assert.Equal(p.First, p.Second, 1e-9 * Math.Max(1, Math.Abs(p.First)))));
        Assert.Equal(packed.Detach().ToArray<double>(), Call(model, ids, documents.Expand([2, Lengths.Sum()])).Detach().ToArray<double>());
        Assert.DoesNotContain(model.Call(ids).Detach().ToArray<double>().Zip(joined.Detach().ToArray<double>()).Skip(11 * 4).Take(11), p => Math.Abs(p.First - p.Second) < 1e-12);
    }

    [Theory, InlineData("gpt"), InlineData("llama")]
    public void Numbers_that_are_not_those_of_the_tokens_are_refused(string kind)
    {
        Layer model = Make(kind);
        Tensor ids = Tensor.Zeros([2, 5], DType.I64);
        Assert.Equal($"{kind}: documents must give each token of ids a number, but ids are [2, 5] and documents are [2].", Assert.Throws<ShapeException>(() => Call(model, ids, Tensor.Zeros([2], DType.I64))).Message);
        Assert.Equal($"{kind}: the numbers of documents must be integers, but they are F32.", Assert.Throws<DTypeException>(() => Call(model, ids, Tensor.Zeros([2, 5]))).Message);
        Assert.Equal($"{kind}: a row of ids must fit into the context of 12 tokens, but ids are [2, 13].", Assert.Throws<ShapeException>(() => Call(model, Tensor.Zeros([2, 13], DType.I64), Tensor.Zeros([13], DType.I64))).Message);
    }
}
