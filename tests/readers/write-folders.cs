#:project ../../src/Adjoint.Language
#:property PublishAot=false
// Writes small models and tokenizers for read-folders.mjs: dotnet run write-folders.cs FOLDER
using System.Text.Json;
using Adjoint;
using Adjoint.Language;
using Adjoint.Models;
using Adjoint.Nn;

LlamaSettings llama = new() { Vocabulary = 29, Context = 32, Width = 24, Layers = 2, Heads = 4, KeyValueHeads = 2, FeedForward = 20 };
Write("gpt", new Gpt(new() { Vocabulary = 29, Context = 32, Width = 24, Layers = 2, Heads = 3 }, new Generator(1)));
Write("gpt-without-biases", new Gpt(new() { Vocabulary = 29, Context = 32, Width = 24, Layers = 2, Heads = 3, FeedForward = 40, Bias = false }, new Generator(1)));
Write("llama-adjacent", new Llama(llama, new Generator(2)));
Write("llama-tied-scaled", new Llama(llama with { TiedHead = true, Rope = new() { Theta = 500, Pairs = RopePairs.Halves, Scaling = new(8, 1, 4, 64) } }, new Generator(3)));

void Write(string name, Layer model)
{
    string folder = Path.Combine(args[0], name);
    Generator random = new(4);
    using NoGrad off = NoGrad.Scope();
    foreach (Tensor parameter in model.Parameters()) parameter.CopyFrom(random.Normal(parameter.Shape, parameter.Rank == 1 ? 1 : 0, 0.3));
    new PretrainedModel(model, null, 32, null).Save(folder);
    Tensor ids = random.Integers([1, 20], 0, 29);
    model.To(DType.F64);
    File.WriteAllText(Path.Combine(folder, "scores.json"), JsonSerializer.Serialize(new Expected(ids.ToArray<long>(), model.Call(ids).ToArray<double>()), new JsonSerializerOptions { TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver() }));
    Console.WriteLine(folder);
}

internal sealed record Expected(long[] Ids, double[] Scores);
