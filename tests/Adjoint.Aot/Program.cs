// Trains a small network on ring-shaped data, saves it, loads it into another one, and compares: compiled ahead of time,
// without dynamic code, with everything trimmed that nobody seems to need.
using System.Runtime.CompilerServices;
using Adjoint;
using Adjoint.Formats;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Optim;

string path = args.Length > 0 ? args[0] : "ring.safetensors";
var random = new Generator(7);
Tensor x = random.Uniform([256, 2], -1, 1);
Tensor y = (x.Square().Sum(1) > 0.5).To(DType.I64);

Mlp model = Make(random);
var optimizer = new AdamW(model.Parameters(), 0.01);
optimizer.CheckCovers(model);
double before = 0, after = 0;
for (int step = 0; step < 150; step++)
{
    using Scope scope = Scope.Begin("step");
    Tensor loss = model.Call(x).CrossEntropy(y);
    loss.Backward();
    optimizer.Step();
    optimizer.ZeroGrad();
    after = loss.Item();
    if (step == 0) before = after;
}

Safetensors.Write(path, model.State());
Mlp again = Make(new Generator(8));
using (SafetensorsFile file = Safetensors.Read(path)) again.LoadState(file.LoadAll());
float[] expected = Scores(model, x), actual = Scores(again, x);

Console.WriteLine($"dynamic code: {RuntimeFeature.IsDynamicCodeSupported}");
Console.WriteLine($"parameters: {again.ParameterCount}");
Console.WriteLine($"names: {string.Join(' ', again.State().Keys)}");
Console.WriteLine($"loss: {before:0.0000} {after:0.0000}");
Console.WriteLine($"reloaded equal: {expected.AsSpan().SequenceEqual(actual)}");
return expected.AsSpan().SequenceEqual(actual) && after < before / 4 ? 0 : 1;

static Mlp Make(Generator random) => new([2, 32, 32, 2], random, () => new Gelu());

static float[] Scores(Mlp model, Tensor x)
{
    model.Eval();
    return model.Call(x).Detach().ToArray<float>();
}
