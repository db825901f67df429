namespace Adjoint;

/// <summary>Adds moving of axes to tensors.</summary>
public static class MoveDimSyntax
{
    extension(Tensor x)
    {
        /// <summary>One axis moved to another place, the others keeping their order. A view.</summary>
        /// <exception cref="ShapeException">An axis does not exist.</exception>
        [PyTorch("torch.movedim", "torch.moveaxis", Differs = "One axis; several: `Permute`.")]
        public Tensor MoveDim(int source, int destination)
        {
            int from = x.Shape.Axis(source, "move_dim"), to = x.Shape.Axis(destination, "move_dim");
            if (from == to) return x;
            List<int> order = [.. Enumerable.Range(0, x.Rank)];
            order.RemoveAt(from);
            order.Insert(to, from);
            return x.Permute([.. order]);
        }
    }
}
