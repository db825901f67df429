#:project ../src/Adjoint
#:property PublishAot=false
// A network learns which points lie inside a ring: dotnet run samples/first-network.cs
using Adjoint;
using Adjoint.Nn;
using Adjoint.Optim;

var random = new Generator(seed: 1);
Tensor points = random.Uniform([512, 2], -1, 1);
Tensor inside = (points.Square().Sum(1) < 0.5).To(DType.I64);

Sequential net = [new Linear(2, 32, random), new Gelu(), new Linear(32, 2, random)];
var optimizer = new AdamW(net.Parameters(), learningRate: 0.02);

for (int step = 1; step <= 300; step++)
{
    using Scope scope = Scope.Begin("step");
    Tensor loss = net.Call(points).CrossEntropy(inside);
    loss.Backward();
    optimizer.Step();
    optimizer.ZeroGrad();
    if (step % 50 == 0) Console.WriteLine($"step {step,3}: loss {loss.Item():0.000}");
}

double right = net.Call(points).Argmax(1).EqualTo(inside).To(DType.F32).Mean().Item();
Console.WriteLine($"{right:P1} of the points are classified correctly");
