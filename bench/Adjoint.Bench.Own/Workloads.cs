using System.Globalization;
using Adjoint.Bench.Peers;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Bench.Own;

/// <summary>Our side of the catalog, written as a user would.</summary>
internal static class Workloads
{
    static readonly Generator Random = new(1);

    /// <summary>Builds the work; the result does one step and returns its loss.</summary>
    public static Func<double> Start(string name)
    {
        string[] parts = name.Split('-');
        return name switch
        {
            "tiny-mlp" => Regression(),
            "mlp" or "start" => Train(new Mlp([784, 512, 256, 10], Random), p => new AdamW(p, 1e-3), Data(2, 128, 784), Labels(3, 10, 128)),
            "lenet" => Train(LeNet(), p => new Sgd(p, 0.01) { Momentum = 0.9 }, Data(2, 64, 1, 28, 28), Labels(3, 10, 64)),
            "resnet18-cifar" => Train(ResNet.Cifar18(10, Random), p => new Sgd(p, 0.01, 5e-4) { Momentum = 0.9 }, Data(2, 32, 3, 32, 32), Labels(3, 10, 32)),
            "resnet50" => Train(ResNet.ImageNet50(1000, Random), p => new Sgd(p, Catalog.ResNet50Rate, 1e-4) { Momentum = 0.9 }, Data(2, 8, 3, 224, 224), Labels(3, 1000, 8)),
            "gpt-baby" => Language(4, 4, 128, 65, 12, 64),
            "nanogpt-cpu" => WholeRecipe(),
            "gpt-char" => Language(6, 6, 384, 65, 8, 256),
            "gpt2-124m" => Language(12, 12, 768, 50257, 4, 64),
            "gpt2-124m-grad" => Language(12, 12, 768, 50257, 4, 64, update: false),
            "lstm" => Recurrent(),
            "attention" => Attention(),
            "layernorm" => LayerNorm(),
            "gelu" => Backward(x => x.Gelu(), Data(2, 4096, 1024)),
            "softmax-xent" => CrossEntropy(),
            "adamw-124m" => Update(),
            "conv3x3" => Convolution(),
            "embedding" => Embedding(),
            _ when parts[0] == "matmul" => MatMul(long.Parse(parts[1], CultureInfo.InvariantCulture), parts.Length > 2 ? DType.BF16 : DType.F32),
            _ => throw new ArgumentException($"no workload is called '{name}'."),
        };
    }

    static Tensor Data(ulong seed, params long[] shape) => Tensor.From(Values.Uniform(seed + 1000, shape.Aggregate((a, b) => a * b)), Shape.Create(shape));

    static Tensor Labels(ulong seed, long classes, params long[] shape) => Tensor.From(Values.Integers(seed + 1000, shape.Aggregate((a, b) => a * b), classes), Shape.Create(shape));

    static void Fill(Module model)
    {
        int index = 0;
        foreach ((string name, Tensor parameter) in model.NamedParameters()) parameter.Detach().CopyFrom<float>(Values.Parameter(index++, name, [.. parameter.Shape]));
    }

    static Func<double> Train(Layer model, Func<IEnumerable<Tensor>, Optimizer> make, Tensor x, Tensor y) => Train(model, make, () => model.Call(x).CrossEntropy(y));

    static Func<double> Train(Module model, Func<IEnumerable<Tensor>, Optimizer>? make, Func<Tensor> objective)
    {
        Fill(model);
        Optimizer? optimizer = make?.Invoke(model.Parameters());
        return () =>
        {
            using Scope step = Scope.Begin("step");
            Tensor loss = objective();
            loss.Backward();
            optimizer?.Step();
            if (optimizer is null) model.ZeroGrad();
            else optimizer.ZeroGrad();
            return loss.Item();
        };
    }

    static Func<double> Regression()
    {
        Sequential model = [new Linear(32, 64, Random), new Tanh(), new Linear(64, 64, Random), new Tanh(), new Linear(64, 1, Random)];
        Tensor x = Data(2, 16, 32), y = Data(3, 16, 1);
        return Train(model, p => new Sgd(p, 0.01), () => model.Call(x).MseLoss(y));
    }

    static Sequential LeNet() =>
    [
        new Conv2d(1, 32, 5, Random, padding: 2), new Relu(), new MaxPool2d(2),
        new Conv2d(32, 64, 5, Random, padding: 2), new Relu(), new MaxPool2d(2),
        new Flatten(), new Linear(64 * 49, 256, Random), new Relu(), new Linear(256, 10, Random),
    ];

    static Gpt Gpt(int layers, int heads, long width, long vocabulary, long context) =>
        new(new() { Layers = layers, Heads = heads, Width = width, Vocabulary = vocabulary, Context = context }, Random);

    static Func<double> Language(int layers, int heads, long width, long vocabulary, long batch, long tokens, bool update = true)
    {
        Gpt model = Gpt(layers, heads, width, vocabulary, vocabulary > 50000 ? 1024 : tokens);
        Tensor x = Labels(2, vocabulary, batch, tokens), y = Labels(3, vocabulary, batch * tokens);
        return Train(model, update ? p => new AdamW(p, 1e-3, 0.1) { Beta1 = 0.9, Beta2 = 0.99 } : null, () => model.Call(x).Reshape(batch * tokens, vocabulary).CrossEntropy(y));
    }

    static Func<double> WholeRecipe()
    {
        Gpt model = Gpt(NanoGpt.Layers, NanoGpt.Heads, NanoGpt.Width, NanoGpt.Vocabulary, NanoGpt.Context);
        Fill(model);
        ILookup<bool, Tensor> isMatrix = model.Parameters().ToLookup(p => p.Rank >= 2);
        var optimizer = new AdamW([new ParameterGroup(isMatrix[true]), new ParameterGroup(isMatrix[false]) { WeightDecay = 0 }], NanoGpt.Rate, NanoGpt.WeightDecay) { Beta1 = NanoGpt.Beta1, Beta2 = NanoGpt.Beta2 };
        int number = 0;
        return () =>
        {
            using Scope step = Scope.Begin("step");
            (long[] inputs, long[] targets) = NanoGpt.Batch(number);
            optimizer.LearningRate = NanoGpt.RateAt(number++);
            Tensor loss = model.Call(Tensor.From(inputs, [NanoGpt.Rows, NanoGpt.Context])).Flatten(0, -2).CrossEntropy(Tensor.From(targets));
            loss.Backward();
            GradientClip.ByNorm(optimizer.Parameters, NanoGpt.Clip);
            optimizer.Step();
            optimizer.ZeroGrad();
            return loss.Item();
        };
    }

    static Func<double> Recurrent()
    {
        var lstm = new Lstm(256, 256, Random, layers: 2);
        Tensor x = Data(2, 32, 64, 256), y = Data(3, 32, 64, 256);
        return Train(lstm, p => new Sgd(p, 0.1), () => lstm.Call(x).Y.MseLoss(y));
    }

    /// <summary>Forward, and backward from a gradient that is there; the loss stands for both.</summary>
    static Func<double> Backward(Func<Tensor, Tensor> work, params Tensor[] inputs)
    {
        foreach (Tensor input in inputs) input.AsParameter();
        Tensor? seed = null;
        return () =>
        {
            using Scope step = Scope.Begin("step");
            Tensor y = work(inputs[0]);
            seed ??= step.Keep(Data(9, [.. y.Shape]));
            y.Backward(seed);
            double check = Check(inputs[0].Grad!);
            foreach (Tensor input in inputs) input.SetGrad(null);
            return check;
        };
    }

    static double Check(Tensor tensor) => tensor.Detach().Flatten().Slice(0, tensor.Elements - 1000).Abs().Mean().Item();

    static Func<double> Attention()
    {
        Tensor q = Data(2, 4, 6, 1024, 64), k = Data(3, 4, 6, 1024, 64), v = Data(4, 4, 6, 1024, 64);
        return Backward(x => x.ScaledDotProductAttention(k, v, isCausal: true), q, k, v);
    }

    static Func<double> LayerNorm()
    {
        Tensor weight = Data(3, 1024), bias = Tensor.Zeros([1024]);
        return Backward(x => x.LayerNorm([1024], weight, bias), Data(2, 4096, 1024), weight, bias);
    }

    static Func<double> CrossEntropy()
    {
        Tensor x = Data(2, 4096, 50257).AsParameter(), y = Labels(3, 50257, 4096);
        return () =>
        {
            using Scope step = Scope.Begin("step");
            Tensor loss = x.CrossEntropy(y);
            loss.Backward();
            x.SetGrad(null);
            return loss.Item();
        };
    }

    static Func<double> Update()
    {
        Gpt model = Gpt(12, 12, 768, 50257, 1024);
        Fill(model);
        foreach (Tensor parameter in model.Parameters()) parameter.SetGrad(Tensor.Full(parameter.Shape, 0.01));
        var optimizer = new AdamW(model.Parameters(), 1e-3, 0.1) { Beta1 = 0.9, Beta2 = 0.99 };
        Tensor first = model.Parameters()[0];
        return () =>
        {
            using Scope step = Scope.Begin("step");
            optimizer.Step();
            return Check(first);
        };
    }

    static Func<double> Convolution()
    {
        Tensor weight = (Data(4, 64, 64, 3, 3) * (1 / 24.0)).Detach();
        return Backward(x => x.Conv2d(weight, padding: 1), Data(2, 32, 64, 32, 32), weight);
    }

    static Func<double> Embedding()
    {
        Tensor ids = Labels(2, 50257, 4, 1024);
        ids.Detach().AsWritableSpan<long>()[0] = 50256;      // the row that is looked at
        return Backward(table => ids.Embedding(table), Data(3, 50257, 768));
    }

    static Func<double> MatMul(long n, DType type)
    {
        Tensor a = Data(2, n, n).To(type), b = Data(3, n, n).To(type);
        return () =>
        {
            using Scope step = Scope.Begin("step");
            return Check(a.MatMul(b));
        };
    }
}
