namespace Adjoint.Nn;

/// <summary>The parameters of one recurrent layer in one direction; all start uniform in ±1/√H.</summary>
[NotInPyTorch("The weights of one layer and direction of a recurrent network: `weight_ih_l0` and so on.")]
public sealed class RecurrentWeights : Module
{
    internal RecurrentWeights(int gates, long inputs, long hidden, Generator random, bool bias, DType dtype)
    {
        WeightInput = Init.LayerDefault(random, [gates * hidden, inputs], hidden, dtype).AsParameter();
        WeightHidden = Init.LayerDefault(random, [gates * hidden, hidden], hidden, dtype).AsParameter();
        if (!bias) return;
        BiasInput = Init.LayerDefault(random, [gates * hidden], hidden, dtype).AsParameter();
        BiasHidden = Init.LayerDefault(random, [gates * hidden], hidden, dtype).AsParameter();
    }

    /// <summary>What x is multiplied with: the gates one below the other, [gates·H, I].</summary>
    public Tensor WeightInput { get; }

    /// <summary>What the state is multiplied with, [gates·H, H].</summary>
    public Tensor WeightHidden { get; }

    /// <summary>[gates·H], or null.</summary>
    public Tensor? BiasInput { get; }

    /// <summary>[gates·H], or null.</summary>
    public Tensor? BiasHidden { get; }
}
