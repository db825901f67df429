#:project ../src/Adjoint
#:property PublishAot=false
// A training looked at cell by cell, as in a notebook: dotnet run samples/notebook.cs
using Adjoint;
using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Training;

// %% Data: two spirals, which a line cannot part.
var random = new Generator(seed: 3);
Tensor along = random.Uniform([1000, 1], 0.3, 3), arm = random.Integers([1000, 1], 0, 2);
Tensor angle = along * 3 + arm.To(DType.F32) * Math.PI;
Tensor points = Tensor.Cat([angle.Cos() * along, angle.Sin() * along], 1) + random.Normal([1000, 2]) * 0.05;
var train = new DataLoader(new TensorDataset(points[..800], arm[..800].Flatten()), 32, random);
var validation = new DataLoader(new TensorDataset(points[800..], arm[800..].Flatten()), 200);
Console.WriteLine($"{points.Shape} points, {train.Batches} batches an epoch\n");

// %% The same network twice: sigmoids eight layers deep, and residual blocks with GELU.
Sequential Deep(Func<Layer> block) => [new Linear(2, 32, random), .. Enumerable.Range(0, 8).Select(_ => block()), new Linear(32, 2, random)];
Sequential old = Deep(() => new Sequential(new Linear(32, 32, random), new Sigmoid()));
Sequential modern = Deep(() => new Residual(new Sequential(new LayerNorm([32]), new Linear(32, 32, random), new Gelu())));

// %% Train both, and look at their layers while they learn.
foreach ((string name, Sequential net) in (ReadOnlySpan<(string, Sequential)>)[("sigmoids", old), ("residual", modern)])
{
    var watch = new TrainingWatch();
    TrainingResult result = new Trainer(net, new AdamW(net.Parameters(), 3e-3), Objective.Classification())
        .Fit(train, validation, new() { Epochs = 30, Callbacks = [watch] });
    Console.WriteLine($"{name}: validation accuracy {result.Best!.Validation!.Accuracy:P1}");

    // %% What arrives at each layer on the way back, in the first step.
    LayerSample first = watch.History.Samples[0];
    foreach ((WatchedParameter parameter, ParameterSample sample) in watch.History.Parameters.Zip(first.Parameters).Where(p => p.First.IsWeight))
        Console.WriteLine($"  {parameter.Name,-22} {sample.Signal:0.0e+00} {new string('#', Math.Max(0, 20 + (int)(2 * Math.Log10(sample.Signal))))}");

    // %% What is not healthy, and what usually helps.
    foreach (Finding finding in watch.Diagnose()) Console.WriteLine($"  {finding.ToString().ReplaceLineEndings("\n  ")}");
    Console.WriteLine();
}
