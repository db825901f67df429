using Adjoint.Bench.Peers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Adjoint.Bench.TorchSharp;

/// <summary>The peer's side of the catalog, written as its documentation advises: dispose scopes, fused functions, gradients cleared to nothing.</summary>
internal static class Workloads
{
    /// <summary>Builds the work; the result does one step and returns its loss.</summary>
    public static Func<double> Start(string name)
    {
        string[] parts = name.Split('-');
        return name switch
        {
            "tiny-mlp" => Regression(),
            "mlp" or "start" => Train(Sequential(Linear(784, 512), ReLU(), Linear(512, 256), ReLU(), Linear(256, 10)), p => optim.AdamW(p, 1e-3), Data(2, 128, 784), Labels(3, 10, 128)),
            "lenet" => Train(LeNet(), p => optim.SGD(p, 0.01, 0.9), Data(2, 64, 1, 28, 28), Labels(3, 10, 64)),
            "resnet18-cifar" => Train(new ResNet([2, 2, 2, 2], 10, bottleneck: false, cifar: true), p => optim.SGD(p, 0.01, 0.9, weight_decay: 5e-4), Data(2, 32, 3, 32, 32), Labels(3, 10, 32)),
            "resnet50" => Train(new ResNet([3, 4, 6, 3], 1000, bottleneck: true, cifar: false), p => optim.SGD(p, Catalog.ResNet50Rate, 0.9, weight_decay: 1e-4), Data(2, 8, 3, 224, 224), Labels(3, 1000, 8)),
            "gpt-baby" => Language(4, 4, 128, 65, 12, 64),
            "nanogpt-cpu" => WholeRecipe(),
            "gpt-char" => Language(6, 6, 384, 65, 8, 256),
            "gpt2-124m" => Language(12, 12, 768, 50257, 4, 64),
            "gpt2-124m-grad" => Language(12, 12, 768, 50257, 4, 64, update: false),
            "lstm" => Recurrent(),
            "attention" => Attention(),
            "layernorm" => LayerNorm(),
            "gelu" => Backward(x => functional.gelu(x), Data(2, 4096, 1024)),
            "softmax-xent" => CrossEntropy(),
            "adamw-124m" => Update(),
            "conv3x3" => Convolution(),
            "embedding" => Embedding(),
            _ when parts[0] == "matmul" => MatMul(long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), parts.Length > 2 ? bfloat16 : float32),
            _ => throw new ArgumentException($"no workload is called '{name}'."),
        };
    }

    static Tensor Filled(ulong seed, params long[] shape) => tensor(Values.Uniform(seed, shape.Aggregate((a, b) => a * b))).reshape(shape);

    static Tensor Data(ulong seed, params long[] shape) => Filled(seed + 1000, shape);

    static Tensor Labels(ulong seed, long classes, params long[] shape) => tensor(Values.Integers(seed + 1000, shape.Aggregate((a, b) => a * b), classes)).reshape(shape);

    static void Fill(Module model)
    {
        using var _ = no_grad();
        int index = 0;
        foreach ((string name, Parameter parameter) in model.named_parameters()) parameter.copy_(tensor(Values.Parameter(index++, name, parameter.shape)).reshape(parameter.shape));
    }

    static Func<double> Train(Module<Tensor, Tensor> model, Func<IEnumerable<Parameter>, optim.Optimizer> make, Tensor x, Tensor y) =>
        Train(model, make, m => functional.cross_entropy(m.call(x), y));

    static Func<double> Train(Module<Tensor, Tensor> model, Func<IEnumerable<Parameter>, optim.Optimizer>? make, Func<Module<Tensor, Tensor>, Tensor> objective)
    {
        Fill(model);
        optim.Optimizer? optimizer = make?.Invoke(model.parameters());
        return () =>
        {
            using DisposeScope scope = NewDisposeScope();
            if (optimizer is null) model.zero_grad();
            else optimizer.zero_grad();
            Tensor loss = objective(model);
            loss.backward();
            optimizer?.step();
            return loss.item<float>();
        };
    }

    static Func<double> Regression()
    {
        Tensor x = Data(2, 16, 32), y = Data(3, 16, 1);
        return Train(Sequential(Linear(32, 64), Tanh(), Linear(64, 64), Tanh(), Linear(64, 1)), p => optim.SGD(p, 0.01), m => functional.mse_loss(m.call(x), y));
    }

    static Sequential LeNet() => Sequential(
        Conv2d(1, 32, 5, padding: 2), ReLU(), MaxPool2d(2),
        Conv2d(32, 64, 5, padding: 2), ReLU(), MaxPool2d(2),
        Flatten(), Linear(64 * 49, 256), ReLU(), Linear(256, 10));

    static Func<double> Language(int layers, int heads, long width, long vocabulary, long batch, long tokens, bool update = true)
    {
        Tensor x = Labels(2, vocabulary, batch, tokens), y = Labels(3, vocabulary, batch * tokens);
        return Train(new Gpt(layers, heads, width, vocabulary, Math.Max(tokens, vocabulary > 50000 ? 1024 : tokens)), update ? p => optim.AdamW(p, 1e-3, 0.9, 0.99, weight_decay: 0.1) : null, m => functional.cross_entropy(m.call(x).reshape(batch * tokens, vocabulary), y));
    }

    static Func<double> WholeRecipe()
    {
        var model = new Gpt(NanoGpt.Layers, NanoGpt.Heads, NanoGpt.Width, NanoGpt.Vocabulary, NanoGpt.Context);
        Fill(model);
        Parameter[] all = [.. model.parameters()];
        AdamW.ParamGroup[] groups =
        [
            new(all.Where(p => p.dim() >= 2), NanoGpt.Rate, NanoGpt.Beta1, NanoGpt.Beta2, weight_decay: NanoGpt.WeightDecay),
            new(all.Where(p => p.dim() < 2), NanoGpt.Rate, NanoGpt.Beta1, NanoGpt.Beta2, weight_decay: 0),
        ];
        optim.Optimizer optimizer = optim.AdamW(groups, NanoGpt.Rate, NanoGpt.Beta1, NanoGpt.Beta2);
        int number = 0;
        return () =>
        {
            using DisposeScope scope = NewDisposeScope();
            (long[] inputs, long[] targets) = NanoGpt.Batch(number);
            double rate = NanoGpt.RateAt(number++);
            foreach (optim.ILearningRateController group in optimizer.ParamGroups) group.LearningRate = rate;
            optimizer.zero_grad();
            Tensor loss = functional.cross_entropy(model.call(tensor(inputs).reshape(NanoGpt.Rows, NanoGpt.Context)).reshape(-1, NanoGpt.Vocabulary), tensor(targets));
            loss.backward();
            nn.utils.clip_grad_norm_(all, NanoGpt.Clip);
            optimizer.step();
            return loss.item<float>();
        };
    }

    static Func<double> Recurrent()
    {
        var lstm = LSTM(256, 256, numLayers: 2, batchFirst: true);
        Fill(lstm);
        optim.Optimizer optimizer = optim.SGD(lstm.parameters(), 0.1);
        Tensor x = Data(2, 32, 64, 256), y = Data(3, 32, 64, 256);
        return () =>
        {
            using DisposeScope scope = NewDisposeScope();
            optimizer.zero_grad();
            Tensor loss = functional.mse_loss(lstm.call(x).Item1, y);
            loss.backward();
            optimizer.step();
            return loss.item<float>();
        };
    }

    /// <summary>Forward, and backward from a gradient that is there; the loss stands for both.</summary>
    static Func<double> Backward(Func<Tensor, Tensor> work, params Tensor[] inputs)
    {
        foreach (Tensor input in inputs) input.requires_grad_();
        Tensor? seed = null;
        return () =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor y = work(inputs[0]);
            seed ??= Data(9, y.shape).MoveToOuterDisposeScope();
            y.backward([seed]);
            double check = inputs[0].grad!.flatten()[^1000..].abs().mean().item<float>();
            foreach (Tensor input in inputs) input.grad = null;
            return check;
        };
    }

    static Func<double> Attention()
    {
        Tensor q = Data(2, 4, 6, 1024, 64), k = Data(3, 4, 6, 1024, 64), v = Data(4, 4, 6, 1024, 64);
        return Backward(x => functional.scaled_dot_product_attention(x, k, v, is_casual: true), q, k, v);
    }

    static Func<double> LayerNorm()
    {
        Tensor weight = Data(3, 1024), bias = zeros(1024);
        return Backward(x => functional.layer_norm(x, [1024], weight, bias), Data(2, 4096, 1024), weight, bias);
    }

    static Func<double> CrossEntropy()
    {
        Tensor x = Data(2, 4096, 50257).requires_grad_(), y = Labels(3, 50257, 4096);
        return () =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor loss = functional.cross_entropy(x, y);
            loss.backward();
            x.grad = null;
            return loss.item<float>();
        };
    }

    static Func<double> Update()
    {
        var model = new Gpt(12, 12, 768, 50257, 1024);
        Fill(model);
        foreach (Parameter parameter in model.parameters()) parameter.grad = full_like(parameter, 0.01);
        optim.Optimizer optimizer = optim.AdamW(model.parameters(), 1e-3, 0.9, 0.99, weight_decay: 0.1);
        Tensor first = model.parameters().First();
        return () =>
        {
            using DisposeScope scope = NewDisposeScope();
            optimizer.step();
            return first.flatten()[^1000..].abs().mean().item<float>();
        };
    }

    static Func<double> Convolution()
    {
        Tensor weight = (Data(4, 64, 64, 3, 3) * (1 / 24.0)).requires_grad_();
        return Backward(x => functional.conv2d(x, weight, padding: [1L, 1L]), Data(2, 32, 64, 32, 32), weight);
    }

    static Func<double> Embedding()
    {
        Embedding table = nn.Embedding(50257, 768);
        table.weight = new Parameter(Data(3, 50257, 768));
        Tensor ids = Labels(2, 50257, 4, 1024);
        ids[0, 0] = 50256;      // the row that is looked at
        return Backward(_ => table.call(ids), table.weight);
    }

    static Func<double> MatMul(long n, ScalarType type)
    {
        Tensor a = Data(2, n, n).to(type), b = Data(3, n, n).to(type);
        return () =>
        {
            using DisposeScope scope = NewDisposeScope();
            return a.matmul(b).flatten()[^1000..].abs().mean().to(float32).item<float>();
        };
    }
}
