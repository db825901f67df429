using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Adjoint.Bench.TorchSharp;

/// <summary>A residual network (He et al. 2016) with basic or bottleneck blocks, for small or for large images.</summary>
internal sealed class ResNet : Module<Tensor, Tensor>
{
    readonly Module<Tensor, Tensor> stem, body, head;

    public ResNet(int[] blocks, long classes, bool bottleneck, bool cifar) : base("resnet")
    {
        stem = cifar
            ? Sequential(Conv2d(3, 64, 3, padding: 1, bias: false), BatchNorm2d(64), ReLU(true))
            : Sequential(Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false), BatchNorm2d(64), ReLU(true), MaxPool2d(3, stride: 2, padding: 1));
        var layers = new List<Module<Tensor, Tensor>>();
        long channels = 64;
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            for (int i = 0; i < blocks[stage]; i++)
            {
                long width = 64L << stage;
                layers.Add(new Block(channels, width, stage > 0 && i == 0 ? 2 : 1, bottleneck));
                channels = bottleneck ? 4 * width : width;
            }
        }

        body = Sequential([.. layers]);
        head = Sequential(AdaptiveAvgPool2d(1), Flatten(), Linear(channels, classes));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => head.call(body.call(stem.call(x)));

    sealed class Block : Module<Tensor, Tensor>
    {
        readonly Module<Tensor, Tensor> body;
        readonly Module<Tensor, Tensor>? shortcut;

        public Block(long inputs, long width, int stride, bool bottleneck) : base("block")
        {
            long outputs = bottleneck ? 4 * width : width;
            body = bottleneck
                ? Sequential(
                    Conv2d(inputs, width, 1, bias: false), BatchNorm2d(width), ReLU(true),
                    Conv2d(width, width, 3, stride: stride, padding: 1, bias: false), BatchNorm2d(width), ReLU(true),
                    Conv2d(width, outputs, 1, bias: false), BatchNorm2d(outputs))
                : Sequential(
                    Conv2d(inputs, width, 3, stride: stride, padding: 1, bias: false), BatchNorm2d(width), ReLU(true),
                    Conv2d(width, width, 3, padding: 1, bias: false), BatchNorm2d(width));
            register_module("body", body);
            if (inputs == outputs && stride == 1) return;
            shortcut = Sequential(Conv2d(inputs, outputs, 1, stride: stride, bias: false), BatchNorm2d(outputs));
            register_module("shortcut", shortcut);
        }

        public override Tensor forward(Tensor x)
        {
            using DisposeScope scope = NewDisposeScope();
            return (body.call(x) + (shortcut?.call(x) ?? x)).relu_().MoveToOuterDisposeScope();
        }
    }
}
