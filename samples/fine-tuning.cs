#:project ../src/Adjoint
#:project ../src/Adjoint.Models
#:property PublishAot=false
// A model learns to count up; its 4-bit copy with low-rank adapters learns to count down, and forgets nothing: dotnet run samples/fine-tuning.cs
using Adjoint;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Profiling;
using Adjoint.Training;

const int Vocabulary = 16, Length = 12;
var random = new Generator(seed: 1);
var model = new Llama(new() { Vocabulary = Vocabulary, Context = Length, Width = 64, Layers = 2, Heads = 4, FeedForward = 160 }, random);
Train("up", +1, new AdamW(model.Parameters(), learningRate: 3e-3));
Show("as it was trained");
(long forward, long backward) = Cost();
Console.WriteLine($"a step: {forward / 1e6:0.0} MFLOP forward, {backward / 1e6:0.0} MFLOP backward");

long before = TensorMemory.LiveBytes;
Quantization.Apply(model, new() { Format = QuantizationFormat.Nf4, Targets = ["Blocks.*"], HasShortScales = true });
Console.WriteLine($"{model.Modules().OfType<QuantizedWeight>().Sum(w => 4 * w.Inputs * w.Outputs):N0} bytes of weights in F32 are {model.Modules().OfType<QuantizedWeight>().Sum(w => w.Bytes):N0} bytes of NF4");
Show("in 4 bits");

IReadOnlyList<Tensor> adapters = Lora.Attach(model, new() { Rank = 4, Alpha = 8, Targets = ["Blocks.*"] }, random, "down");
Console.WriteLine($"{adapters.Sum(p => p.Elements):N0} parameters of adapters are trained");
(forward, backward) = Cost();
Console.WriteLine($"a step: {forward / 1e6:0.0} MFLOP forward, {backward / 1e6:0.0} MFLOP backward");
Train("down", -1, new AdamW(adapters, learningRate: 1e-2));
Show("with adapters");
Lora.Use(model, null);
Show("without them");

string folder = Path.Combine(Path.GetTempPath(), $"adapter-{Environment.ProcessId}");
AdapterFile.Save(folder, model, HuggingFaceNames.Llama, "down");
foreach (string file in Directory.GetFiles(folder).Order()) Console.WriteLine($"{Path.GetFileName(file)}: {new FileInfo(file).Length:N0} bytes");
Directory.Delete(folder, recursive: true);

// Rows that start anywhere and go on by a step, around the end.
Tensor Rows(long count, int step)
{
    Tensor start = random.Integers([count, 1], 0, Vocabulary), place = Tensor.Arange(Length);
    return (start + (place * step) + (Length * Vocabulary)).Remainder(Vocabulary);
}

Tensor Loss(Tensor rows) => model.Call(rows[.., ..^1]).Flatten(0, -2).CrossEntropy(rows[.., 1..].Flatten());

void Train(string name, int direction, Optimizer optimizer)
{
    double last = 0;
    for (int step = 1; step <= 150; step++)
    {
        using Scope scope = Scope.Begin("step");
        Tensor loss = Loss(Rows(16, direction));
        loss.Backward();
        optimizer.Step();
        optimizer.ZeroGrad();
        last = loss.Item();
    }

    Console.WriteLine($"{name}: loss {last:0.000} after 150 steps");
}

void Show(string when)
{
    using NoGrad off = NoGrad.Scope();
    Tensor row = Tensor.From([3L, 4, 5], [1, 3]);
    Console.WriteLine($"{when}: after 3, 4, 5 comes {model.Call(row)[.., -1].Argmax(-1).Item()}; after 5, 4, 3 comes {model.Call(Tensor.From([5L, 4, 3], [1, 3]))[.., -1].Argmax(-1).Item()}");
}

(long, long) Cost()
{
    using var cost = new CostCounter(model.Parameters());
    Loss(Rows(16, 1)).Backward();
    model.ZeroGrad();
    return (cost.ForwardFlops, cost.BackwardFlops);
}
