"""Tables 1 and 2 of Wu et al. as printed: means and deviations in per cent, of 6 runs each."""

RUNS = 6

#: Test accuracy on MNIST, trained on its first 10,000 images: (full batch, mini-batches of 128).
TABLE_1 = {
    "mLeNet": ((97.75, 0.24), (98.52, 0.13)),
    "LeNet": ((97.85, 0.05), (97.87, 0.28)),
    "sNIN": ((96.89, 0.41), (98.41, 0.17)),
}

#: Accuracy in training and on the test set: LeNet on MNIST, ResNet-18 on CIFAR-10.
TABLE_2 = {
    "N(0, 2/fan_in)": (((99.92, 0.15), (99.00, 0.19)), ((100.00, 0.00), (84.48, 0.20))),
    "U[0, 1]": (((99.82, 0.33), (98.99, 0.23)), ((100.00, 0.00), (79.06, 0.59))),
    "U[0, 0.1]": (((99.97, 0.01), (99.19, 0.03)), ((100.00, 0.00), (81.54, 0.28))),
    "N(0, 0.1)": (((99.97, 0.01), (99.13, 0.11)), ((100.00, 0.00), (84.56, 0.40))),
}
